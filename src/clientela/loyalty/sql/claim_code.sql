-- Take a code for a coupon; nothing is touched where another coupon has it.
INSERT INTO loyalty_couponkey (number_norm, customer_id, coupon_id)
VALUES (%(number_norm)s, %(customer_id)s, %(coupon_id)s)
ON CONFLICT DO NOTHING
