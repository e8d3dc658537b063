"""Paths of the analytics room."""

from samhandla.analytics import views
from samhandla.trust.gate import page
from samhandla.trust.permissions import Permission as P

urlpatterns = [page("datakvalitet/", views.quality, name="quality", permission=P.QUALITY_READ)]
