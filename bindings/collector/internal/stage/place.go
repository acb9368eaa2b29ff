package stage

import (
	"fmt"
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v3"
)

var arrow = regexp.MustCompile(`(?m)^( *--> )(\d+):(\d+)$`)

// placed tells in diagnostics about a configuration that the collector has read which of its values they are about: lines of the collector's
// file are not known any more.
func placed(text, diagnostics string) string {
	var root yaml.Node
	if yaml.Unmarshal([]byte(text), &root) != nil {
		return diagnostics
	}
	return arrow.ReplaceAllStringFunc(diagnostics, func(line string) string {
		m := arrow.FindStringSubmatch(line)
		row, _ := strconv.Atoi(m[2])
		column, _ := strconv.Atoi(m[3])
		if path := pathTo(&root, row, column); path != "" {
			return m[1] + path
		}
		return line
	})
}

// The value that begins last before or at the place.
func pathTo(n *yaml.Node, row, column int) string {
	begins := func(c *yaml.Node) bool { return c.Line < row || c.Line == row && c.Column <= column }
	path := ""
	for i, c := range n.Content {
		if !begins(c) {
			break
		}
		switch {
		case n.Kind == yaml.SequenceNode:
			path = fmt.Sprintf("[%d]", i) + pathTo(c, row, column)
		case n.Kind == yaml.MappingNode && i%2 == 0:
			path = "." + c.Value
		case n.Kind == yaml.MappingNode:
			path = "." + n.Content[i-1].Value + pathTo(c, row, column)
		default:
			path = pathTo(c, row, column)
			if path != "" && path[0] == '.' {
				path = path[1:]
			}
		}
	}
	return path
}
