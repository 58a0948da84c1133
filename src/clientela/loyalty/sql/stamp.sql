-- In which version all that is set up stands, by what that can be told from one that was taken back or
-- stands in another database, and in which version the ladders are.
SELECT version, concat_ws(' ', current_database(), xmin, ctid), ladders
FROM loyalty_stamp
WHERE id = 1
