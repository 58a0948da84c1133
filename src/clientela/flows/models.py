"""No tables. Django tells only apps with this module that the migrations are done."""
