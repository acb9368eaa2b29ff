/* Patterns that are known to take engines a time that grows with the square or a power of the text, or doubles with each byte, with
 * texts that show it: of advisories, of collections about denial of service by regular expressions, and of what engines without
 * backtracking do badly, too: many matches in one text, each of which is sure only at its end. */
#ifndef OTTL_TESTS_UNIT_REGEX_EVIL_H
#define OTTL_TESTS_UNIT_REGEX_EVIL_H

typedef struct evil {
  const char *name, *pattern, *fill, *tail; /* the text: fill, again and again, and the tail */
} evil;

static const evil evils[] = {
    /* nested quantifiers */
    {"nested plus", "(a+)+$", "a", "!"},
    {"nested plus, anchored", "^(a+)+$", "a", "!"},
    {"nested star", "(a*)*[bc]", "a", "!"},
    {"nested thrice", "((a+)+)+[bc]", "a", "!"},
    {"alike alternatives", "(a|a)*$", "a", "!"},
    {"overlapping alternatives", "(a|aa)+$", "a", "!"},
    {"optional in plus", "(a|a?)+$", "a", "!"},
    {"twenty dots", "(.*a){20}", "a", "!"},
    {"eleven fields", "^(.*?,){11}P", "1,", "!"},
    {"counted in counted", "((a{1,4}){1,4}){1,4}[bc]", "a", "!"},
    {"counted, nested", "(a{0,5}){0,20}[bc]", "a", "!"},
    {"counted pairs", "(?:a?){50}a{50}[bc]", "a", "!"},
    {"two plus in plus", "(x+x+)+[yz]", "x", "!"},
    {"star of word and dot", "^(([a-z])+.)+[A-Z]([a-z])+$", "a", "!"},
    {"words", "^(\\w+\\s?)*$", "word ", "!"},
    {"words, not anchored", "(\\w+\\s?)+!!", "aaaa ", ";"},
    {"digits and dots", "(?:\\d+\\.?)+x", "1.", "!"},
    {"stars in a row", "a*a*a*a*a*[bc]", "a", "!"},
    {"dots in a row", ".*.*.*[xy]", "a", "!"},
    {"dots and sign", ".*.*=.*", "a", ";"},
    {"lines", "(?m)^(\\s*\\w+)*$", "ab ", "!"},
    {"lazy", "(a+?)+?[bc]", "a", "!"},
    {"runes", "(?:\xc3\xa9|\xc3\xa9\xc3\xa9)+x", "\xc3\xa9", "!"},
    {"not valid UTF-8", "(?:.|\\n)*(?:.|\\n)*x",
     "\xff"
     "a",
     "!"},
    /* a search from each place that goes to the end */
    {"trailing spaces", "\\s+$", " ", "!"},
    {"spaces and lines", "\\s+\\n", " ", "!"},
    {"either and neither", "(?:a|d)*[bc]", "ad", "!"},
    {"any of two, twice", "a[ab]*a[ab]*c|d[ab]*e", "ab", "!"},
    {"plus and b or c", "a+[bc]", "a", "!"},
    {"quotes", "\"[^\"]*\";", "\"a", ""},
    {"tags", "<[^>]*>.*</", "<a>", ""},
    {"comment", "<!--(?s:.*?)-->", "<!--", ""},
    {"begin and end", "BEGIN(?s:.*?)END", "BEGIN ", ""},
    {"three stars", "a[^x]*b[^x]*c", "ab", ""},
    /* of advisories, as they were written or near it */
    {"email (OWASP)",
     "^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$", "a", "!"},
    {"email (RegExLib)", "^([0-9a-zA-Z]([-.\\w]*[0-9a-zA-Z])*@(([0-9a-zA-Z])+([-\\w]*[0-9a-zA-Z])*\\.)+[a-zA-Z]{2,9})$", "a",
     "!"},
    {"email, anywhere", "[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\\.[a-zA-Z]{2,}", "a@", "!"},
    {"Java class name (OWASP)", "^(([a-z])+.)+[A-Z]([a-z])+$", "aa", "!"},
    {"URL", "(?:https?://)?(?:[\\w-]+\\.)+[\\w-]+(?:/[\\w./?%&=-]*)?#", "a.", "!"},
    {"URL query", "^(?:[^?]*\\?)?(?:[^&]+&?)*#$", "a&", "!"},
    {"HTML attribute", "<(\\w+)(?:\\s+\\w+(?:\\s*=\\s*\"[^\"]*\")?)*\\s*/?>", "<a b ", ""},
    {"Cloudflare 2019",
     "(?:(?:\"|'|\\]|\\}|\\\\|\\d|(?:nan|infinity|true|false|null|undefined|symbol|math)|`|-|\\+)+[)]*;?((?:\\s|-|~|!|\\{\\}|\\|"
     "\\||\\+)*.*(?:.*=.*)))",
     "x=", ""},
    {"Stack Overflow 2016", "^[\\s\xe2\x80\x8c]+|[\\s\xe2\x80\x8c]+$", "- ", "-"},
    {"Stack Overflow 2016, spaces", "[\\s\xe2\x80\x8c]+$", " ", "-"},
    {"moment.js CVE-2016-4055", "^(-)?(?:(\\d*)[. ])?(\\d+):(\\d+)(?::(\\d+)(\\.\\d*)?)?$", "1", "!"},
    {"ms CVE-2015-8315", "^((?:\\d+)?\\.?\\d+) *(milliseconds?|msecs?|ms|seconds?|s|minutes?|m|hours?|h|days?|d|years?|y)?$", "1",
     "!"},
    {"marked CVE-2017-16114", "^(?:!?\\[((?:\\[[^\\]]*\\]|[^\\[\\]])*)\\])", "[", ""},
    {"ua-parser-js CVE-2021-27292", "\\(?(?:[^;)]*;\\s?)*([^;)]*)\\sbuild/", "a; ", "!"},
    {"minimatch CVE-2022-3517", "\\{(?:[^{}]*,)*[^{}]*\\}", "{,", ""},
    {"ansi-regex CVE-2021-3807",
     "[\\x1b\\x{9b}][[()#;?]*(?:(?:(?:[a-zA-Z\\d]*(?:;[-a-zA-Z\\d/"
     "#&.:=?%@~_]*)*)?\\x07)|(?:(?:\\d{1,4}(?:;\\d{0,4})*)?[\\dA-PR-TZcf-ntqry=><~]))",
     "\x1b[;;", ""},
    {"python-markdown headers", "^(?:.*?)(?:\\s*#*)*$", " #", "\n!"},
    {"date and time", "(\\d+)*-(\\d+)*T(\\d+)*Z", "1", "-"},
    {"CSV", "^(?:\"(?:[^\"]|\"\")*\"|[^,]*)(?:,(?:\"(?:[^\"]|\"\")*\"|[^,]*))*$", "\"\",", "\n\""},
    /* many matches, each of which is sure late */
    {"a, or more and b", "a+b|a", "a", ""},
    {"a dot, or all and x", ".*x|.", "a", ""},
    {"nothing, or all and x", "(?:.*x)?", "a", ""},
    {"overlapping prefixes", "a(?:a(?:a(?:a*b)?)?)?", "a", ""},
    {"space, or trailing", "\\s+$|\\s", " ", "!"},
    {"digit, or card", "(?:\\d[ -]?)+;|\\d", "1 ", ""},
    {"key, or key and value", "(\\w+)(=\\w+.*;)?", "ab ", ""},
    {"words of a list", "(?:alpha|alphabet|alphabets|bet|beta|betas|gam|gamma|gammas|del|delta|deltas|eps|epsilon).*#|a|b",
     "alphabeta", ""},
};

#endif
