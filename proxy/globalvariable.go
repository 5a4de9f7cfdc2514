package proxy

import (
	"fmt"
	"strings"

	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/logformat"
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
	compiler := b.compiler(nil, sample.Load, v.At, v.Folder)
	nobody := &stream.Proxy{Process: b.Process}
	s := &stream.Stream{Session: &stream.Session{Frontend: nobody, Listener: &stream.Listener{}}, Frontend: nobody}
	c := sample.Acquire(s, sample.Load)
	defer c.Release()
	if v.Format {
		format, err := logformat.Compile(compiler, v.Value[0].Text, logformat.Text)
		if err != nil {
			return err
		}
		variable.Set(s, value.Text(format.Eval(c)))
		return nil
	}
	expression, _, err := compiler.ParseAvailable(syntax.Texts(v.Value))
	if err != nil {
		return err
	}
	if x := expression.Eval(c); x.Valid() {
		variable.Set(s, x)
	}
	return nil
}
