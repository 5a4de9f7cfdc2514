package runtime

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tidelock/proxy/nearest"
)

// usageWidth is what lists of commands have for each usage before its explanation.
const usageWidth = 40

// most is how many commands are suggested for a line that is none.
const most = 5

// help [<command>]
func help(c *Call) {
	const heading = "The following commands are valid at this level:"
	if len(c.Args) == 0 {
		c.list(heading, c.registry.commands)
		return
	}
	c.list(heading, c.near(c.Args))
}

// unknown answers a line that is no command: with those that were most likely meant, or else with all.
func (c *Call) unknown(words []string) {
	if near := c.near(words); len(near) > 0 {
		c.list("Unknown command, but maybe one of the following ones is a better match:", near)
		return
	}
	c.list("Unknown command. Please enter one of the following commands only:", c.registry.commands)
}

// visible reports whether help lists a command in this session.
func (s *Session) visible(k *Command) bool { return k.Usage != "" && k.Mode&^s.mode == 0 }

// list writes commands as one message. Those of the session stand at its end, in every list.
func (c *Call) list(heading string, commands []Command) {
	var text strings.Builder
	text.WriteString(heading + "\n")
	for i := range commands {
		if k := &commands[i]; c.visible(k) && !slices.Contains(lastListed, k.Words) {
			writeUsage(&text, k)
		}
	}
	for _, words := range lastListed {
		k, _ := c.registry.find([]string{words})
		writeUsage(&text, k)
	}
	c.Report("%s", text.String())
}

// lastListed are the commands that every list ends with.
var lastListed = []string{"help", "prompt", "quit"}

func writeUsage(b *strings.Builder, k *Command) {
	if k.Help == "" {
		fmt.Fprintf(b, "  %s\n", k.Usage)
		return
	}
	fmt.Fprintf(b, "  %-*s: %s\n", usageWidth, k.Usage, k.Help)
}

// near returns the commands that words may stand for: those that begin with them; else those in which the words that
// are known are right and the next one begins or resembles theirs.
func (c *Call) near(words []string) []Command {
	type candidate struct {
		command  Command
		distance int
	}
	var found []candidate
	for _, k := range c.registry.commands {
		if d, ok := unlike(words, strings.Fields(k.Words)); ok && c.visible(&k) {
			found = append(found, candidate{k, d})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(a.distance, b.distance) })
	var commands []Command
	for _, f := range found {
		if f.distance > 0 && (found[0].distance == 0 || len(commands) == most) {
			break
		}
		commands = append(commands, f.command)
	}
	slices.SortFunc(commands, func(a, b Command) int { return strings.Compare(a.Usage, b.Usage) })
	return commands
}

// unlike returns how far the words of a line are from those of a command: 0 when they begin it. What follows the
// command's own words are arguments and say nothing. It reports false when they have nothing to do with each other.
func unlike(words, own []string) (distance int, ok bool) {
	for i, word := range words[:min(len(words), len(own))] {
		switch errors, near := nearest.Distance(word, own[i]); {
		case word == own[i]:
		case strings.HasPrefix(own[i], word):
			distance++
		case near:
			distance += errors + 1
		default:
			return 0, false
		}
	}
	return distance, len(words) > 0
}
