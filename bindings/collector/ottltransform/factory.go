// Package ottltransform is the transform processor on the engine: the same configuration under another name.
package ottltransform

import (
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/processor"

	"github.com/ottl-c/ottl-c/bindings/collector/engine"
	"github.com/ottl-c/ottl-c/bindings/collector/internal/stage"
)

// NewFactory of the processor `ottltransform`.
func NewFactory() processor.Factory {
	return stage.Factory(component.MustNewType("ottltransform"), engine.Transform)
}
