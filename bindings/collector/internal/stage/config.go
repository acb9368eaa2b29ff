package stage

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/featuregate"

	"github.com/ottl-c/ottl-c/bindings/collector/engine"
)

// Config is what stands below the component's name, as it stands there: the engine reads what the reference's component reads. Or one key,
// policy_file, with a file that holds the same, which is read again when it changes; then status_file is where to say what became of it.
type Config struct {
	Form  engine.Form
	Text  string // JSON
	Place string // which program of its component it is; "": the only one

	PolicyFile     string
	StatusFile     string
	ReloadInterval time.Duration
}

// Default of reload_interval.
const reloadInterval = 5 * time.Second

type fileConfig struct {
	PolicyFile     string        `mapstructure:"policy_file"`
	StatusFile     string        `mapstructure:"status_file"`
	ReloadInterval time.Duration `mapstructure:"reload_interval"`
}

// Unmarshal takes the configuration as it is.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	if conf.IsSet("policy_file") {
		file := fileConfig{ReloadInterval: reloadInterval}
		if err := conf.Unmarshal(&file); err != nil {
			return err
		}
		c.PolicyFile, c.StatusFile, c.ReloadInterval = file.PolicyFile, file.StatusFile, file.ReloadInterval
		return nil
	}
	text, err := json.Marshal(conf.ToStringMap())
	c.Text = string(text)
	return err
}

// Validate compiles what is there; what it tells is of the engine, with place and help.
func (c *Config) Validate() error {
	if c.PolicyFile != "" && c.ReloadInterval <= 0 {
		return errors.New("reload_interval: must be positive")
	}
	text, err := c.read()
	if err != nil {
		return err
	}
	var failed []error
	for _, signal := range []engine.Signal{engine.Logs, engine.Traces, engine.Metrics} {
		if _, err := c.compile(text, signal); err == nil {
			return nil // it checks the other signals' parts, too
		} else {
			failed = append(failed, err)
		}
	}
	return failed[0]
}

// The most that a policy file may have.
const maxPolicyBytes = 4 << 20

func (c *Config) read() (string, error) {
	if c.PolicyFile == "" {
		return c.Text, nil
	}
	info, err := os.Stat(c.PolicyFile)
	if err != nil {
		return "", err
	}
	if info.Size() > maxPolicyBytes {
		return "", fmt.Errorf("%s: more than %d bytes", c.PolicyFile, maxPolicyBytes)
	}
	text, err := os.ReadFile(c.PolicyFile)
	return string(text), err
}

func (c *Config) compile(text string, signal engine.Signal) (*engine.Program, error) {
	flatten := false
	featuregate.GlobalRegistry().VisitAll(func(g *featuregate.Gate) {
		if g.ID() == "transform.flatten.logs" {
			flatten = g.IsEnabled()
		}
	})
	program, err := engine.Compile(text, c.Form, signal, engine.Options{Name: c.PolicyFile, FlattenLogs: flatten})
	var refused *engine.CompileError
	if errors.As(err, &refused) && c.PolicyFile == "" {
		refused.Text = placed(text, refused.Text)
	}
	return program, err
}

var _ component.Config = (*Config)(nil)
