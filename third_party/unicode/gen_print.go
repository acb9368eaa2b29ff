// Writes unicode_print.inc: the runes above U+00FF that Go's unicode.IsPrint accepts, as ranges.
//
//	go run gen_print.go > unicode_print.inc
package main

import (
	"fmt"
	"unicode"
)

func main() {
	fmt.Printf("/* Printable runes of Unicode %s above U+00FF: {first, last}.\n", unicode.Version)
	fmt.Printf(" * Made by gen_print.go with Go's unicode.IsPrint; see README.md for the licence. */\n")
	n := 0
	for r := rune(0x100); r <= unicode.MaxRune; r++ {
		if !unicode.IsPrint(r) {
			continue
		}
		first := r
		for r < unicode.MaxRune && unicode.IsPrint(r+1) {
			r++
		}
		fmt.Printf("{0x%x, 0x%x},", first, r)
		if n++; n%6 == 0 {
			fmt.Println()
		}
	}
	fmt.Println()
}
