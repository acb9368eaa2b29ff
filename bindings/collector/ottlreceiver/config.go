package ottlreceiver

import (
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"

	"github.com/ottl-c/ottl-c/bindings/collector/engine"
	"github.com/ottl-c/ottl-c/bindings/collector/internal/stage"
)

// Config of the receiver: the protocols of the OTLP receiver, and the programs that requests go through, in their order.
//
//	receivers:
//	  ottl:
//	    protocols: { grpc: { endpoint: 127.0.0.1:4317 } }
//	    programs:
//	      - filter: { logs: { log_record: [severity_number < 9] } }
//	      - transform: { log_statements: ['delete_key(log.attributes, "password")'] }
type Config struct {
	Protocols otlpreceiver.Protocols `mapstructure:"protocols"`
	Programs  []*stage.Config        `mapstructure:"-"`
}

func defaultConfig() component.Config {
	return &Config{Protocols: otlpreceiver.NewFactory().CreateDefaultConfig().(*otlpreceiver.Config).Protocols}
}

var forms = map[string]engine.Form{"transform": engine.Transform, "filter": engine.Filter}

// Unmarshal hands what stands below `transform` and `filter` on as it is.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	raw := conf.ToStringMap()
	programs, _ := raw["programs"].([]any)
	if raw["programs"] != nil && programs == nil {
		return errors.New("programs: a list of `transform` and `filter`")
	}
	for i, entry := range programs {
		one, _ := entry.(map[string]any)
		if len(one) != 1 {
			return fmt.Errorf("programs[%d]: one of `transform` and `filter`", i)
		}
		for name, value := range one {
			form, known := forms[name]
			body, _ := value.(map[string]any)
			if !known || body == nil {
				return fmt.Errorf("programs[%d]: one of `transform` and `filter`, with what stands below the processor's name", i)
			}
			program := &stage.Config{Form: form, Place: fmt.Sprintf("/programs[%d]", i)}
			if err := program.Unmarshal(confmap.NewFromStringMap(body)); err != nil {
				return fmt.Errorf("programs[%d]: %w", i, err)
			}
			c.Programs = append(c.Programs, program)
		}
	}
	delete(raw, "programs")
	delete(raw, "protocols")
	for name := range raw {
		return fmt.Errorf("no key %q: there are protocols and programs", name)
	}
	protocols, err := conf.Sub("protocols")
	if err != nil {
		return err
	}
	return protocols.Unmarshal(&c.Protocols)
}

// Validate checks the programs.
func (c *Config) Validate() error {
	if !c.Protocols.GRPC.HasValue() && !c.Protocols.HTTP.HasValue() {
		return errors.New("protocols: neither grpc nor http")
	}
	for i, p := range c.Programs {
		if err := p.Validate(); err != nil {
			return fmt.Errorf("programs[%d]: %w", i, err)
		}
	}
	return nil
}
