"""Rules as data, answered in three values, each answer with its full trace.

A rule set is a tree of conditions over facts, a rule table rows of them with what follows. A fact that nobody knows
makes a condition unknown, never false (Kleene's strong logic): the officer then sees what is missing instead of a
refusal. Every node is evaluated, also where the verdict is settled already, because the trace is shown and kept.
"""

from tongban.kit.rules.answering import Facts, Truthing, evaluate, truthing_of
from tongban.kit.rules.conditions import (
    All,
    AnyOf,
    BadRules,
    Compare,
    Comparison,
    Condition,
    Exists,
    Fact,
    MonthsSince,
    Not,
    Outcome,
    RuleSet,
    Trace,
    Truth,
    conditions_of,
    facts_of,
    hash_of,
    rule_set,
)
from tongban.kit.rules.months import months_after, months_between
from tongban.kit.rules.tables import (
    ALWAYS,
    Does,
    Row,
    RowTrace,
    RuleTable,
    TableOutcome,
    Then,
    answer,
    check_rows,
    replayed,
    rule_table,
)

__all__ = [
    "ALWAYS",
    "All",
    "AnyOf",
    "BadRules",
    "Compare",
    "Comparison",
    "Condition",
    "Does",
    "Exists",
    "Fact",
    "Facts",
    "MonthsSince",
    "Not",
    "Outcome",
    "Row",
    "RowTrace",
    "RuleSet",
    "RuleTable",
    "TableOutcome",
    "Then",
    "Trace",
    "Truth",
    "Truthing",
    "answer",
    "check_rows",
    "conditions_of",
    "evaluate",
    "facts_of",
    "hash_of",
    "months_after",
    "months_between",
    "replayed",
    "rule_set",
    "rule_table",
    "truthing_of",
]
