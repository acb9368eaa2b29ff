package stage

import (
	"context"
	"encoding/json"
	"strings"

	"go.opentelemetry.io/collector/client"
	"google.golang.org/grpc/metadata"
)

// What the paths of otelcol read, as the engine takes it.
type request struct {
	Addr     string              `json:"addr,omitempty"`
	Metadata map[string][]string `json:"metadata,omitempty"`
	GRPC     map[string][]string `json:"grpc,omitempty"`
	Auth     map[string]any      `json:"auth,omitempty"`
}

// Programs that ask for nothing of the request are spared the work.
func readsRequest(text string) bool {
	return strings.Contains(text, "otelcol") || strings.Contains(text, "request[")
}

func requestOf(ctx context.Context) string {
	info := client.FromContext(ctx)
	r := request{}
	if info.Addr != nil {
		r.Addr = info.Addr.String()
	}
	for name := range info.Metadata.Keys() {
		if r.Metadata == nil {
			r.Metadata = map[string][]string{}
		}
		r.Metadata[name] = info.Metadata.Get(name)
	}
	if md, ok := metadata.FromIncomingContext(ctx); ok {
		r.GRPC = md
	}
	if info.Auth != nil {
		r.Auth = map[string]any{}
		for _, name := range info.Auth.GetAttributeNames() {
			r.Auth[name] = info.Auth.GetAttribute(name)
		}
	}
	text, err := json.Marshal(r)
	if err != nil { // an attribute that JSON does not know
		r.Auth = nil
		text, _ = json.Marshal(r)
	}
	return string(text)
}
