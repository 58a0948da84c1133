-- Issues nobody has ended; nobody knows until when, and `today` is asked for by the house.
SELECT count(*), NULL::date
FROM issues_issue
WHERE customer_id = ANY (%(family)s::uuid[])
    AND category IN ('open', 'paused')
    AND %(today)s::date IS NOT NULL
