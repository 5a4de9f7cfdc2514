package runtime

import (
	"fmt"
	"slices"
	"strings"
)

// Registry holds the commands of a proxy. It is filled before it serves and not changed afterwards.
type Registry struct {
	commands []Command // in the order of their words
}

// NewRegistry returns a registry with the commands that concern the session itself.
func NewRegistry() *Registry {
	r := &Registry{}
	if err := r.Add(sessionCommands...); err != nil {
		panic(err) // two rows of our own table
	}
	return r
}

// Add adds commands. It refuses words that another command has.
func (r *Registry) Add(commands ...Command) error {
	for _, c := range commands {
		c.Words = strings.Join(strings.Fields(c.Words), " ")
		if c.Words == "" {
			return fmt.Errorf("a command needs words")
		}
		i, found := slices.BinarySearchFunc(r.commands, c.Words, func(k Command, words string) int {
			return strings.Compare(k.Words, words)
		})
		if found {
			return fmt.Errorf("command '%s' exists already", c.Words)
		}
		r.commands = slices.Insert(r.commands, i, c)
	}
	return nil
}

// find returns the command that words begin with, and how many of them are its name. Of several it is the longest.
func (r *Registry) find(words []string) (*Command, int) {
	var best *Command
	length := 0
	for i := range r.commands {
		c := &r.commands[i]
		if n := strings.Count(c.Words, " ") + 1; n > length && n <= len(words) && strings.Join(words[:n], " ") == c.Words {
			best, length = c, n
		}
	}
	return best, length
}

// Names returns the words of all commands, in order.
func (r *Registry) Names() []string {
	names := make([]string, len(r.commands))
	for i, c := range r.commands {
		names[i] = c.Words
	}
	return names
}
