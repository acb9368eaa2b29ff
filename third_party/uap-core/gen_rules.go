// Writes rules.inc: the rules for programs and systems of uap-go's list, and the texts that let a search skip most of them.
//
// usage: go run gen_rules.go < .../github.com/ua-parser/uap-go@VERSION/uaparser/yaml.go > rules.inc
//
// A rule's texts are clauses: each is a set of texts of which every match has at least one. A rule that has no clause is always
// tried. The texts are found by three of their bytes, by way of a small hash table.
package main

import (
	"bufio"
	"fmt"
	"os"
	"regexp"
	"regexp/syntax"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	leastText  = 3   // bytes of a text: its key
	mostExact  = 64  // texts that a part of a rule is followed through as
	mostClause = 512 // texts of a clause
	mostRunes  = 4   // runes of a class that is written out
	keyBits    = 11  // of the hash table
	keyFactor  = 0x9E3779B1
)

// What user agents are made of: a text in many of them says little.
var common = []string{
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Safari/605.1.15",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Mobile/15E148 Safari/604.1",
	"Mozilla/5.0 (Linux; Android 13; SM-S901B Build/TP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/112.0.0.0 Mobile Safari/537.36",
	"Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0",
	"Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; WOW64; Trident/4.0; .NET CLR 2.0.50727; Media Center PC 6.0)",
	"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
	"Opera/9.80 (Windows NT 6.1; U; en) Presto/2.10.229 Version/11.62",
	"Dalvik/2.1.0 (Linux; U; Android 9; en-us) App/1.0 CFNetwork/1410.0.3 Darwin/22.6.0",
}

type rule struct {
	regex   string
	put     []string // replacements, "" for the group's own
	clauses [][]string
}

// What is known of a part of a pattern: all texts it can match, or else clauses.
type part struct {
	exact   []string // nil: not known
	clauses [][]string
}

func distinct(texts []string) []string {
	sort.Strings(texts)
	out := texts[:0]
	for i, t := range texts {
		if i == 0 || t != texts[i-1] {
			out = append(out, t)
		}
	}
	return out
}

// The set as a clause, or nil: a text that contains another is not needed, one that is too short spoils it.
func clause(texts []string) []string {
	var out []string
	for _, t := range texts {
		if len(t) < leastText {
			return nil
		}
		needed := true
		for _, other := range texts {
			needed = needed && (other == t || !strings.Contains(t, other))
		}
		if needed {
			out = append(out, t)
		}
	}
	if len(out) > mostClause {
		return nil
	}
	return distinct(out)
}

func weight(text string) float64 {
	w := 1.0
	for _, c := range common {
		if strings.Contains(c, text) {
			w += 8
		}
	}
	return w
}

// How much lets through: less is better.
func cost(c []string) float64 {
	sum := 0.0
	for _, t := range c {
		sum += weight(t) / float64(min(len(t), 8))
	}
	return sum
}

func (p part) asClauses() [][]string {
	if p.exact == nil {
		return p.clauses
	}
	if c := clause(p.exact); c != nil {
		return [][]string{c}
	}
	return nil
}

func cross(a, b []string) []string {
	var out []string
	for _, x := range a {
		for _, y := range b {
			out = append(out, x+y)
		}
	}
	return distinct(out)
}

func concat(subs []part) part {
	all := part{exact: []string{""}}
	run := []string{""}
	for _, s := range subs {
		if s.exact != nil && len(run)*len(s.exact) <= mostExact {
			run = cross(run, s.exact)
			continue
		}
		all.exact = nil
		all.clauses = append(all.clauses, part{exact: run}.asClauses()...)
		run = []string{""}
		if s.exact != nil {
			run = s.exact
		} else {
			all.clauses = append(all.clauses, s.clauses...)
		}
	}
	if all.exact != nil {
		return part{exact: run}
	}
	all.clauses = append(all.clauses, part{exact: run}.asClauses()...)
	return all
}

func alternate(subs []part) part {
	var exact, best []string
	known := true
	for _, s := range subs {
		known = known && s.exact != nil
		exact = append(exact, s.exact...)
	}
	if known && len(distinct(exact)) <= mostClause {
		return part{exact: distinct(exact)}
	}
	for _, s := range subs {
		cs := s.asClauses()
		if len(cs) == 0 {
			return part{}
		}
		sort.SliceStable(cs, func(i, j int) bool { return cost(cs[i]) < cost(cs[j]) })
		best = append(best, cs[0]...)
	}
	if c := clause(best); c != nil {
		return part{clauses: [][]string{c}}
	}
	return part{}
}

func literal(re *syntax.Regexp) part {
	var runes []part
	for _, r := range re.Rune {
		p := part{exact: []string{string(r)}}
		if re.Flags&syntax.FoldCase != 0 {
			for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
				p.exact = append(p.exact, string(f))
			}
		}
		if r == utf8.RuneError { // what is not UTF-8, too
			p = part{}
		}
		runes = append(runes, p)
	}
	return concat(runes)
}

func study(re *syntax.Regexp) part {
	var subs []part
	for _, s := range re.Sub {
		subs = append(subs, study(s))
	}
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return part{exact: []string{""}}
	case syntax.OpLiteral:
		return literal(re)
	case syntax.OpCharClass:
		var texts []string
		for i := 0; i < len(re.Rune); i += 2 {
			for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
				if len(texts) == mostRunes || r >= utf8.RuneSelf {
					return part{}
				}
				texts = append(texts, string(r))
			}
		}
		return part{exact: distinct(texts)}
	case syntax.OpCapture:
		return subs[0]
	case syntax.OpQuest:
		if subs[0].exact != nil && len(subs[0].exact) < mostExact {
			return part{exact: distinct(append([]string{""}, subs[0].exact...))}
		}
	case syntax.OpPlus:
		return part{clauses: subs[0].asClauses()}
	case syntax.OpRepeat:
		if re.Min > 0 {
			return part{clauses: subs[0].asClauses()}
		}
	case syntax.OpConcat:
		return concat(subs)
	case syntax.OpAlternate:
		return alternate(subs)
	}
	return part{}
}

func clauses(regex string) [][]string {
	re, err := syntax.Parse(regex, syntax.Perl)
	if err != nil {
		panic(err)
	}
	cs := study(re).asClauses()
	sort.SliceStable(cs, func(i, j int) bool { return cost(cs[i]) < cost(cs[j]) })
	var out [][]string
	for _, c := range cs {
		implied := false
		for _, before := range out {
			implied = implied || implies(before, c)
		}
		if !implied {
			out = append(out, c)
		}
	}
	return out
}

// Whoever has a text of a has one of b.
func implies(a, b []string) bool {
	for _, x := range a {
		found := false
		for _, y := range b {
			found = found || strings.Contains(x, y)
		}
		if !found {
			return false
		}
	}
	return true
}

// The list is YAML of one form: a value in single quotes on each line.
func read() (programs, systems []*rule) {
	line := regexp.MustCompile(`^ (?: - |   )([a-z0-9_]+): '(.*)'$`)
	fields := map[string]int{"family_replacement": 0, "v1_replacement": 1, "v2_replacement": 2, "v3_replacement": 3,
		"os_replacement": 0, "os_v1_replacement": 1, "os_v2_replacement": 2, "os_v3_replacement": 3, "os_v4_replacement": 4}
	into := &programs
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		switch text := lines.Text(); {
		case strings.HasPrefix(text, "package ") || text == "" || strings.HasSuffix(text, "user_agent_parsers:"):
			continue
		case text == "os_parsers:":
			into = &systems
			continue
		case text == "device_parsers:":
			return
		default:
			m := line.FindStringSubmatch(text)
			if m == nil {
				panic(text)
			}
			value := strings.ReplaceAll(m[2], "''", "'")
			if m[1] == "regex" {
				n := 4
				if into == &systems {
					n = 5
				}
				*into = append(*into, &rule{regex: value, put: make([]string, n), clauses: clauses(value)})
				continue
			}
			at, ok := fields[m[1]]
			if !ok {
				panic("unknown field " + text) // regex_flag: no rule has one
			}
			last := (*into)[len(*into)-1]
			if last.put[at] != "" {
				panic("twice: " + text)
			}
			last.put[at] = value
		}
	}
	panic("no end")
}

func quote(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			out.WriteByte('\\')
			out.WriteByte(c)
		case c == '?' && i > 0 && text[i-1] == '?': // no trigraphs
			out.WriteString(`\?`)
		case c < ' ' || c > '~':
			fmt.Fprintf(&out, `\%03o`, c)
		default:
			out.WriteByte(c)
		}
	}
	return `"` + out.String() + `"`
}

func hash(text string) uint32 {
	key := uint32(text[0]) | uint32(text[1])<<8 | uint32(text[2])<<16
	return key * keyFactor >> (32 - keyBits)
}

// Where in a text its key is: three bytes that are seldom.
func keyAt(text string, seen map[string]int) int {
	best, least := 0, 1<<30
	for i := 0; i+leastText <= len(text) && i < 256; i++ {
		key := text[i : i+leastText]
		w := seen[key]
		for _, c := range common {
			w += 20 * strings.Count(c, key)
		}
		if w < least {
			best, least = i, w
		}
	}
	return best
}

func numbers(name string, values []int) {
	fmt.Printf("static const uint16_t %s[] = {", name)
	for i, v := range values {
		if v < 0 || v > 65535 {
			panic(name)
		}
		if i%24 == 0 {
			fmt.Println()
		}
		fmt.Printf("%d,", v)
	}
	fmt.Println("\n};")
}

func main() {
	programs, systems := read()
	rules := append(append([]*rule{}, programs...), systems...)
	seen, known := map[string]int{}, map[string]bool{}
	var texts []string
	for _, r := range rules {
		for _, c := range r.clauses {
			for _, t := range c {
				if !known[t] {
					known[t] = true
					texts = append(texts, t)
					for i := 0; i+leastText <= len(t); i++ {
						seen[t[i:i+leastText]]++
					}
				}
			}
		}
	}
	at := map[string]int{}
	for _, t := range texts {
		at[t] = keyAt(t, seen)
	}
	sort.Slice(texts, func(i, j int) bool {
		a, b := hash(texts[i][at[texts[i]]:]), hash(texts[j][at[texts[j]]:])
		return a < b || (a == b && texts[i] < texts[j])
	})
	id := map[string]int{}
	heads := make([]int, 1<<keyBits+1)
	for i, t := range texts {
		id[t] = i
		heads[hash(t[at[t]:])+1]++
	}
	for i := range heads[1:] {
		heads[i+1] += heads[i]
	}
	fmt.Println("/* Generated by gen_rules.go from uap-core, by way of github.com/ua-parser/uap-go; do not edit. */")
	groups := 0
	for _, r := range rules {
		groups = max(groups, regexp.MustCompile(r.regex).NumSubexp())
	}
	fmt.Printf("enum {\n  UAP_PROGRAMS = %d,\n  UAP_SYSTEMS = %d,\n  UAP_GROUPS = %d, /* most of a rule */\n", len(programs), len(systems), groups)
	fmt.Printf("  UAP_TEXTS = %d,\n  UAP_KEY_BITS = %d\n};\n", len(texts), keyBits)
	fmt.Printf("#define UAP_KEY_FACTOR 0x%XU\n", keyFactor)
	fmt.Println("/* Pattern and replacements, each with a NUL behind it. */")
	fmt.Println("static const char *const uap_rules[] = {")
	for _, r := range rules {
		fmt.Printf("%s", quote(r.regex))
		for _, p := range r.put {
			fmt.Print(`"\0"`)
			if p != "" {
				fmt.Print(quote(p))
			}
		}
		fmt.Println(",")
	}
	fmt.Println("};")
	fmt.Println("/* Texts, sorted by the hash of their key: the three bytes at `key`. */")
	fmt.Println("static const uap_text uap_texts[] = {")
	for _, t := range texts {
		if len(t) > 255 {
			panic(t)
		}
		fmt.Printf("{%s,%d,%d},\n", quote(t), len(t), at[t])
	}
	fmt.Println("};")
	fmt.Println("/* The texts of hash h are uap_heads[h] to uap_heads[h + 1]. */")
	numbers("uap_heads", heads)
	// First clauses turned round: text -> rules; the others as they are.
	first := make([][]int, len(texts))
	var always, more, moreHeads []int
	for i, r := range rules {
		moreHeads = append(moreHeads, len(more))
		if len(r.clauses) == 0 {
			always = append(always, i)
			continue
		}
		for _, t := range r.clauses[0] {
			first[id[t]] = append(first[id[t]], i)
		}
		for _, c := range r.clauses[1:] {
			more = append(more, len(c))
			for _, t := range c {
				more = append(more, id[t])
			}
		}
	}
	moreHeads = append(moreHeads, len(more))
	var opens, openHeads []int
	for _, f := range first {
		openHeads = append(openHeads, len(opens))
		opens = append(opens, f...)
	}
	openHeads = append(openHeads, len(opens))
	fmt.Println("/* Rules whose first clause has the text. */")
	numbers("uap_opens", opens)
	numbers("uap_open_heads", openHeads)
	fmt.Println("/* Rules without a clause. */")
	numbers("uap_always", always)
	fmt.Println("/* Other clauses of a rule: the number of texts, and the texts. */")
	numbers("uap_more", more)
	numbers("uap_more_heads", moreHeads)
	fmt.Fprintf(os.Stderr, "%d programs, %d systems, %d texts, %d rules always tried\n", len(programs), len(systems), len(texts), len(always))
	for _, i := range always {
		fmt.Fprintln(os.Stderr, rules[i].regex)
	}
}
