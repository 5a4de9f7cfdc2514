package bundles

import (
	"fmt"
	"time"

	"tidelock/proxy/runtime"
)

// Commands returns those of the runtime API.
func (r *Roller) Commands() []runtime.Command {
	return []runtime.Command{
		{
			Words: "show bundles", Usage: "show bundles", Help: "list the bundles of scripts that serve", Level: runtime.Operator,
			Run: r.show,
		},
		{
			Words: "roll bundle", Usage: "roll bundle <name>", Help: "look now for another version of a bundle", Level: runtime.Admin,
			Run: func(c *runtime.Call) {
				r.change(c, func(f *followed) (string, error) {
					f.refused = "" // who asks wants it to be tried again
					rolled, err := r.roll(r.life, f)
					if err == nil && !rolled {
						return "It serves already.", nil
					}
					return "Rolled.", err
				})
			},
		},
		{
			Words: "return bundle", Usage: "return bundle <name>", Help: "have the version of a bundle serve that did before", Level: runtime.Admin,
			Run: func(c *runtime.Call) {
				r.change(c, func(f *followed) (string, error) {
					return "Returned.", r.giveBack(r.life, f, r.state(f.line.Name).Bundle)
				})
			},
		},
	}
}

// show prints a line for each bundle, of fields with a space between them.
func (r *Roller) show(c *runtime.Call) {
	fmt.Fprintln(c, "# name reference bundle version digest since executions errors previous state")
	for _, s := range r.scripts.Bundles() {
		previous := "-"
		if s.Previous != nil {
			previous = s.Previous.Digest
		}
		fmt.Fprintln(c, s.Line.Name, s.Line.Reference, s.Bundle.Label, s.Bundle.Version, s.Bundle.Digest, s.Since.UTC().Format(time.RFC3339),
			s.Executions, s.Errors, previous, r.bundles[s.Line.Name].outcome.String())
	}
}

// change does something with the bundle that a command names, and prints what it came to.
func (r *Roller) change(c *runtime.Call, do func(f *followed) (string, error)) {
	f, err := r.named(c.Arg(0))
	var text string
	if err == nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		text, err = do(f)
	}
	if err != nil {
		text = err.Error()
	}
	fmt.Fprintln(c, text)
}
