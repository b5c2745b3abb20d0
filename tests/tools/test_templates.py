import pytest

import templates


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ('<p style="x">', "style= on <p>"),
        ("<p>\n<script>f()</script>", "inline <script>"),
        ('<script type="module">f()</script>', "inline <script>"),
        ("<style>p {}</style>", "inline <style>"),
        ('<button onclick="f()">', "onclick= on <button>"),
        ('<div hx-on:click="f()">', "hx-on:click= on <div>"),
        ('<a href="javascript:f()">', "javascript: address"),
        ('<img src="https://cdn.example/x.png">', "<img> loads from elsewhere"),
        ('<script src="//cdn.example/x.js"></script>', "<script> loads from elsewhere"),
    ],
)
def test_what_a_template_may_not_hold(source, fault):
    [(line, said)] = templates.markup_faults(source)
    assert fault in said
    assert line == source.count("\n") + 1


@pytest.mark.parametrize(
    "source",
    [
        "{# <style> #}{% comment %}<script>f()</script>{% endcomment %}",
        '<script src="{% static "main.js" %}" type="module"></script>',
        '<script type="application/json">{"<style>": 1}</script>',
        '<p {% if a < b %}class="on{{ x }}"{% endif %} data-once="style=x">onclick=</p>',
        '<a href="https://example.org">elsewhere, when asked</a>',
    ],
)
def test_what_a_template_may_hold(source):
    assert templates.markup_faults(source) == []
