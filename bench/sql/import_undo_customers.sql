DELETE FROM customers_customer WHERE id = ANY (%(ids)s)
