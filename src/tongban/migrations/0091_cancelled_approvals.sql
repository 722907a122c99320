-- catalogue: approvals that the city has decided to cancel 取消审批事项. Reference table, like the items.

-- From `cancelled_on` nobody can apply for the item any more; its versions stay, and what was filed under them. `body`
-- says by which decision, what comes in its place, and which item that is where it is one.
CREATE TABLE catalogue.cancellation (
    code text PRIMARY KEY,
    cancelled_on date NOT NULL,
    body jsonb NOT NULL
);

-- Applications that were ended without a decision are few: those of a cancelled item are counted among them.
CREATE INDEX case_terminated ON cases."case" (item) WHERE state = 'terminated';
