// Writes unicode_case.inc: the simple upper- and lower-case mappings of Go's unicode package, as ranges.
//
//	go run gen_case.go > unicode_case.inc
package main

import (
	"fmt"
	"unicode"
)

const alternating = 0x110000 // mark in a delta: even offsets from lo are upper case, odd ones lower

func main() {
	fmt.Printf("/* Simple case mappings of Unicode %s above U+007F: {first, last, to upper, to lower}.\n", unicode.Version)
	fmt.Printf(" * Made by gen_case.go with Go's unicode.CaseRanges; see README.md for the licence. */\n")
	n := 0
	for _, r := range unicode.CaseRanges {
		if r.Hi < 0x80 {
			continue
		}
		up, low := r.Delta[unicode.UpperCase], r.Delta[unicode.LowerCase]
		if up > unicode.MaxRune || low > unicode.MaxRune {
			up, low = alternating, alternating
		}
		if up == 0 && low == 0 {
			continue
		}
		fmt.Printf("{0x%04x, 0x%04x, %d, %d},", r.Lo, r.Hi, up, low)
		if n++; n%4 == 0 {
			fmt.Println()
		} else {
			fmt.Print(" ")
		}
	}
	fmt.Println()
}
