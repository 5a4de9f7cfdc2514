package proxy

import (
	"fmt"
	"os"
	"strings"

	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/logformat"
	"tidelock/proxy/pattern"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// setVariables sets the process's variables as the global section says. One may read what another has set before it.
func (b *builder) setVariables() {
	for _, v := range b.config.Global.Variables {
		if err := b.setVariable(v); err != nil {
			b.diags.Alertf(v.At, "%s", err)
		}
	}
}

func (b *builder) setVariable(v config.GlobalVariable) error {
	variable, err := sample.Intern(v.Name)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(v.Name, "proc.") {
		return fmt.Errorf("'set-var': cannot set variable '%s', only scope 'proc' is permitted in the global section.", v.Name)
	}
	return b.assign(variable, b.compiler(nil, sample.Load, v.At, v.Folder), syntax.Texts(v.Value), v.Format)
}

// setVariableNow is setVariable for an operator while traffic runs. Expressions may not read files or ask scripts.
func (p *Proxy) setVariableNow(name, text string, format bool) error {
	variable, err := sample.Intern(name)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(name, "proc.") {
		return fmt.Errorf("'set var': cannot set variable '%s', only scope 'proc' is permitted here.", name)
	}
	compiler := &sample.Compiler{
		Phase: sample.Load, Warn: func(string) {}, Patterns: &pattern.Sets{},
		Files: func(string) ([]byte, error) { return nil, os.ErrPermission },
	}
	return p.assign(variable, compiler, []string{text}, format)
}

// assign gives a variable of the process the value of an expression or a format.
func (p *Proxy) assign(variable sample.Variable, compiler *sample.Compiler, text []string, isFormat bool) error {
	nobody := &stream.Proxy{Process: p.Process}
	s := &stream.Stream{Session: &stream.Session{Frontend: nobody, Listener: &stream.Listener{}}, Frontend: nobody}
	c := sample.Acquire(s, sample.Load)
	defer c.Release()
	if isFormat {
		format, err := logformat.Compile(compiler, text[0], logformat.Text)
		if err != nil {
			return err
		}
		variable.Set(s, value.Text(format.Eval(c)))
		return nil
	}
	expression, _, err := compiler.ParseAvailable(text)
	if err != nil {
		return err
	}
	if x := expression.Eval(c); x.Valid() {
		variable.Set(s, x)
	}
	return nil
}
