-- What awards use of budgets that are locked; never more than there is.
UPDATE loyalty_budget AS budget
SET used = budget.used + row.more
FROM unnest(%(id)s::bigint[], %(more)s::bigint[]) AS row (id, more)
WHERE budget.id = row.id AND budget.used + row.more <= budget.most
