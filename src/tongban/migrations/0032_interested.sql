-- identity: the officers of a department as other rooms may read them beside a case of theirs; names stay sealed.
CREATE VIEW identity.pub_colleague AS
    SELECT s.department, s.username, a.id, a.name_sealed
    FROM identity.staff s JOIN identity.account a ON a.bucket = s.bucket AND a.id = s.id;
