// Package ottlfilter is the filter processor on the engine: the same configuration under another name.
package ottlfilter

import (
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/processor"

	"github.com/ottl-c/ottl-c/bindings/collector/engine"
	"github.com/ottl-c/ottl-c/bindings/collector/internal/stage"
)

// NewFactory of the processor `ottlfilter`.
func NewFactory() processor.Factory {
	return stage.Factory(component.MustNewType("ottlfilter"), engine.Filter)
}
