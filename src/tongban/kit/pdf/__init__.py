"""Papers as PDF: a paper is data (``model.Paper``), ``press.printed`` has the file made in a process of its own.

The press (``press`` here, ``child`` there) is started by the first paper and ends after a while without work:
neither reportlab nor a font is ever loaded by a process that serves pages. In the child ``faces`` chooses fonts,
``lines`` breaks text, ``strips`` and ``sheet`` lay out, ``pages`` draws.

Nothing is re-exported: the child imports this package too, and must not load what only the other side needs.
"""
