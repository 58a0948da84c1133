-- The decisions of every {step}th customer stand now, as those of customers who were just spoken to.
UPDATE retention_decision AS decision
SET decided_at = clock_timestamp()
FROM generate_series({step}, {size}, {step}) AS n
WHERE decision.customer_id = bench.id(1, n) AND decision.id = bench.id(12, n);
