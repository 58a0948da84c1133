-- A file holds its lines and no others: their number and their sum, each as much as was asked for, and
-- what it was when it was made.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg('pay_' || replace(id::text, '-', '')) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT
        file.id,
        file.lines_count <> count(line.id)
            OR file.minor <> coalesce(sum(line.minor), 0)
            OR bool_or(line.minor <> asked.minor)
            OR sha256(convert_to(file.content, 'UTF8')) <> file.digest AS wrong
    FROM loyalty_paymentfile AS file
    LEFT JOIN loyalty_paymentline AS line ON line.file_id = file.id
    LEFT JOIN loyalty_cashout AS asked ON asked.id = line.cash_out_id
    GROUP BY file.id
) AS checked
