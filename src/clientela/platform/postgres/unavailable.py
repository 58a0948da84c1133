"""The one way in which the database refuses to be there."""

from clientela.platform.errors import Unavailable


class PostgresUnavailable(Unavailable):
    """The detail is a sentence that says what would mend it."""

    code = "database-unavailable"
    title = "The database is not available"
