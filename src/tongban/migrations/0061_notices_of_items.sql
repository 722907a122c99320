-- notices: the item 事项 of the case that a notice is about, by which a power limited to items reaches to it; null: of
-- none, which is its recipient's and of who acts for her in everything.
ALTER TABLE notices.inbox ADD COLUMN item text;
