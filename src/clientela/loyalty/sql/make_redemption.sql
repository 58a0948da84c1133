-- Write that somebody got a reward, under its name and terms of this day.
INSERT INTO loyalty_redemption (
    id, customer_id, reward_id, kind, currency_id, points, due_minor, due_code, labels, terms, hold_id,
    actor, channel, redeemed_at
)
SELECT
    %(id)s, %(customer_id)s, reward.id, reward.kind, reward.currency_id, %(points)s, %(due_minor)s,
    %(due_code)s, reward.labels, reward.terms, %(hold_id)s, %(actor)s, %(channel)s, %(now)s
FROM loyalty_reward AS reward
WHERE reward.id = %(reward_id)s
