"""Paths of the govern room."""

from samhandla.govern import views
from samhandla.trust.gate import page
from samhandla.trust.permissions import Permission as P

urlpatterns = [
    page("namnd/", views.live, name="board", permission=P.BOARD_READ),
    page("namnd/siffror.<slug:kind>", views.live_file, name="board-file", permission=P.BOARD_READ),
    page("namnd/rakna-om/", views.recount, name="board-recount", permission=P.BOARD_FREEZE),
    page("namnd/las/", views.freeze, name="board-freeze", permission=P.BOARD_FREEZE),
    page("namnd/last/", views.frozen_list, name="board-pages", permission=P.BOARD_READ),
    page("namnd/last/<int:page_id>/", views.frozen, name="board-page", permission=P.BOARD_READ),
    page(
        "namnd/last/<int:page_id>/siffror.<slug:kind>",
        views.frozen_file,
        name="board-page-file",
        permission=P.BOARD_READ,
    ),
    page("namnd/definition/", views.measure, name="board-measure", permission=P.BOARD_DEFINE),
    page("namnd/mal/", views.goals, name="board-goals", permission=P.BOARD_FREEZE),
    page(
        "namnd/mal/<int:goal_id>/avsluta/", views.end_goal, name="board-goal-end", permission=P.BOARD_FREEZE
    ),
    page("samkorning/", views.linkages, name="linkage", permission=P.LINKAGE_READ),
    page("samkorning/ny/", views.ask_linkage, name="linkage-ask", permission=P.LINKAGE_RUN),
    page(
        "samkorning/<int:run_id>/godkann/",
        views.approve_linkage,
        name="linkage-approve",
        permission=P.LINKAGE_APPROVE,
        confirm=True,
    ),
    page(
        "samkorning/<int:run_id>/kor/",
        views.make_linkage,
        name="linkage-make",
        permission=P.LINKAGE_RUN,
        confirm=True,
    ),
    page("namnd/analys/<slug:term>/", views.assessment, name="board-assessment", permission=P.BOARD_FREEZE),
    page(
        "namnd/analys/<slug:term>/<int:goal_id>/",
        views.assessment,
        name="board-goal-assessment",
        permission=P.BOARD_FREEZE,
    ),
]
