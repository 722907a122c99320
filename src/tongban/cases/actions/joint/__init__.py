"""Applied for together 共同申请: signing, telling the others, and what they read."""
