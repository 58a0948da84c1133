import pytest
from clientela.customers import queries
@pytest.mark.django_db
@pytest.mark.parametrize("q", ["\x00", "ab\x00c", "\ud800x", "a\x00 b"])
def test_nul(q):
    assert queries.search(q, country="LV") == []
