"""Every write of retention: what is known of customers, what is published, what is offered."""
