-- Every mention is of a note of the same customer.
SELECT
    count(*),
    count(*) FILTER (WHERE note.id IS NULL),
    (array_agg('not_' || replace(mention.note_id::text, '-', '')) FILTER (WHERE note.id IS NULL))[1:10]
FROM notes_mention AS mention
LEFT JOIN notes_note AS note
    ON note.id = mention.note_id AND note.customer_id = mention.customer_id
