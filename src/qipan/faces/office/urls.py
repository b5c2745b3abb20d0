"""The addresses of the office. Each must be named in the rights matrix of tests/faces/office/test_routes.py."""

from django.urls import path

from qipan.faces.office import accounts, board, jobs, points

urlpatterns = [
    path("", board.board, name="board"),
    path("points/", points.points, name="points"),
    path("accounts/", accounts.account, name="account"),
    path("accounts/sign-in/", accounts.sign_in, name="sign_in"),
    path("accounts/sign-out/", accounts.sign_out, name="sign_out"),
    path("accounts/password/", accounts.change_password, name="change_password"),
    path("accounts/post/", accounts.choose_post, name="choose_post"),
    path("accounts/year/", accounts.choose_year, name="choose_year"),
    path("jobs/<int:pk>/", jobs.job, name="job"),
    path("language/", accounts.set_language, name="set_language"),
]
