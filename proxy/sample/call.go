package sample

import (
	"fmt"
	"os"

	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// script is the compiler of what scripts call that may read no files: it is not the operator who names them.
var script = Script(func(string) ([]byte, error) { return nil, os.ErrPermission })

// Script returns a compiler of what scripts call, which may read what files lets them.
func Script(files func(name string) ([]byte, error)) *Compiler { return &Compiler{Files: files} }

// Call evaluates f for a script, which gives the arguments as values instead of text in a configuration. A fetch that
// finds nothing yields none and no error. Errors are those of Bind.
func (f *Fetch) Call(c *Context, arguments []value.Value) (value.Value, error) {
	a, err := f.Bind(script, c, arguments)
	if err != nil {
		return value.Value{}, err
	}
	return f.Get(c, a), nil
}

// Bind types the arguments that a script gives, for any number of calls of f.Get.
//
// Errors: an argument is missing, superfluous or not of the expected type; the text says which one, what was expected
// and what was found.
func (f *Fetch) Bind(script *Compiler, c *Context, arguments []value.Value) ([]Argument, error) {
	a, err := f.Parameters.fromValues(c, arguments)
	if err == nil {
		err = f.Parameters.findSections(a, c.section())
	}
	if err == nil && f.Prepare != nil {
		err = f.Prepare(script, a)
	}
	if err != nil {
		return nil, fmt.Errorf("fetch '%s': %w", f.Name, err)
	}
	return a, nil
}

// Call applies k to v for a script. Errors are those of Bind.
func (k *Converter) Call(c *Context, v value.Value, arguments []value.Value) (value.Value, error) {
	a, err := k.Bind(script, c, arguments)
	if err != nil {
		return value.Value{}, err
	}
	return k.Apply(c, v, a), nil
}

// Bind types the arguments that a script gives, for any number of calls of k.Apply. Errors are those of Fetch.Bind.
func (k *Converter) Bind(script *Compiler, c *Context, arguments []value.Value) ([]Argument, error) {
	a, err := k.Parameters.fromValues(c, arguments)
	if err == nil {
		err = k.Parameters.findSections(a, c.section())
	}
	if err == nil && k.Prepare != nil {
		err = k.Prepare(script, a)
	}
	if err != nil {
		return nil, fmt.Errorf("converter '%s': %w", k.Name, err)
	}
	return a, nil
}

// Apply casts v to k's input and converts it. It yields none when there is no such cast.
func (k *Converter) Apply(c *Context, v value.Value, a []Argument) value.Value {
	if v = v.Cast(k.Input, &c.Scratch); !v.Valid() {
		return v
	}
	return k.Convert(c, a, v)
}

func (p Parameters) fromValues(c *Context, values []value.Value) ([]Argument, error) {
	if len(values) > len(p.Types) {
		return nil, p.tooMany(len(values))
	}
	arguments := make([]Argument, len(p.Types))
	for i, t := range p.Types {
		if i >= len(values) || !values[i].Valid() {
			if i < p.Required {
				return nil, fmt.Errorf("argument %d: expected %s, but got nothing", i+1, t)
			}
			continue
		}
		v := values[i]
		if (t == Integer || t == Operand) && (v.Kind == value.Integer || v.Kind == value.Boolean) {
			arguments[i] = Argument{Given: true, Int: v.Int}
			continue
		}
		text := string(v.Cast(value.String, &c.Scratch).Data)
		if err := arguments[i].set(t, text); err != nil {
			detail := ""
			if t == Name || t == Operand {
				detail = ": " + err.Error()
			}
			return nil, fmt.Errorf("argument %d: expected %s, but got '%s'%s", i+1, t, text, detail)
		}
	}
	return arguments, nil
}

// section returns the section whose tables a script can name.
func (c *Context) section() *stream.Proxy {
	if c.Stream == nil {
		return nil
	}
	return c.Stream.Frontend
}
