"""Components as markup: whatever they hold, it is text."""

import dash_bootstrap_components as dbc
from dash import html

from components.markup import to_markup


def test_no_text_becomes_markup_or_turns_what_stands_around_it():
    odd = '<b onclick="x">"&\u202eevil\u2066'
    markup = to_markup(html.P([odd, html.A(odd, title=odd, href=odd)], **{"data-name": odd}))

    text = '&lt;b onclick="x"&gt;"&amp;evil'
    value = "&lt;b onclick=&quot;x&quot;&gt;&quot;&amp;"
    assert markup == (
        f'<p data-name="{value}\u202eevil\u2066">{text}'
        f'<a href="{value}\u202eevil\u2066" title="{value}evil">{text}</a></p>'
    )


def test_an_input_is_drawn_as_bootstrap_draws_it():
    assert to_markup(dbc.Input(type="text", size="sm", name="account", maxlength=80, placeholder="a < b")) == (
        '<input type="text" placeholder="a &lt; b" maxlength="80" name="account" class="form-control form-control-sm">'
    )
