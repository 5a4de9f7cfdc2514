package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tidelock/proxy/config/syntax"
	"tidelock/proxy/sticktable"
)

// stick-table type <type> [len <length>] size <size> [expire <time>] [nopurge] [srvkey <key>] [store <data>[,<data>...]]...
func parseStickTable(p *parser, s syntax.Statement) {
	if p.proxy.StickTable != nil {
		p.failf(s, "stick-table name '%s' conflicts with table declared in %s '%s' at %s.", p.proxy.Name, p.proxy.Kind, p.proxy.Name, p.proxy.StickTableAt)
		return
	}
	t := &tableParser{parser: p, words: syntax.Texts(s.Words[1:])}
	t.table = sticktable.Config{Name: p.proxy.Name, Length: sticktable.DefaultLength}
	var err error
	for t.at < len(t.words) && err == nil {
		err = t.option(s)
	}
	if err == nil && t.table.Size == 0 {
		err = errors.New("missing size.")
	}
	if err != nil {
		p.failf(s, "stick-table: %s", err)
		return
	}
	p.proxy.StickTable, p.proxy.StickTableAt = &t.table, s.At()
}

// tableParser reads the words of a stick-table statement.
type tableParser struct {
	*parser
	words []string
	at    int
	table sticktable.Config
}

// value takes the word after a keyword.
func (t *tableParser) value() (string, error) {
	if t.at++; t.at >= len(t.words) || t.words[t.at] == "" {
		return "", fmt.Errorf("missing argument after '%s'.", t.words[t.at-1])
	}
	t.at++
	return t.words[t.at-1], nil
}

func (t *tableParser) option(s syntax.Statement) error {
	keyword := t.words[t.at]
	switch keyword {
	case "nopurge":
		t.at++
		t.table.NoPurge = true
		return nil
	case "type", "size", "expire", "store", "srvkey":
	case "peers":
		return errors.New("'peers' is not supported: this version replicates no tables.")
	default:
		return fmt.Errorf("unknown argument '%s'.", keyword)
	}
	if keyword == "store" && t.at+1 >= len(t.words) {
		t.at++
		return nil
	}
	value, err := t.value()
	if err != nil {
		return err
	}
	switch keyword {
	case "type":
		return t.keyType(value)
	case "size":
		n, err := syntax.ParseSize(value)
		t.table.Size = int(min(n, 1<<31))
		return unexpected(err, keyword)
	case "expire":
		t.table.Expire, err = syntax.ParseTime(value, time.Millisecond)
		return unexpected(err, keyword)
	case "srvkey":
		if value != "name" && value != "addr" {
			return fmt.Errorf("unknown server key type '%s'.", value)
		}
		return nil
	}
	return t.store(s, value)
}

// unexpected words an error of a number.
func unexpected(err error, keyword string) error {
	var character syntax.CharacterError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &character):
		return fmt.Errorf("unexpected character '%c' in argument of '%s'.", character, keyword)
	}
	return fmt.Errorf("%w in argument of '%s'.", err, keyword)
}

func (t *tableParser) keyType(name string) error {
	kind, known := sticktable.KeyTypeNamed(name)
	if !known {
		return fmt.Errorf("unknown type '%s'.", name)
	}
	t.table.Type = kind
	if kind != sticktable.String && kind != sticktable.Binary || t.at >= len(t.words) || t.words[t.at] != "len" {
		return nil
	}
	text, err := t.value()
	if err != nil {
		return err
	}
	n, ok := decimal(text)
	if !ok || n == 0 {
		return fmt.Errorf("unknown type '%s'.", text)
	}
	t.table.Length = n
	return nil
}

// store reads a list of data types, whose arguments may have commas of their own.
func (t *tableParser) store(s syntax.Statement, list string) error {
	for list != "" {
		end, depth := len(list), 0
		for i, c := range list {
			if c == '(' {
				depth++
			} else if c == ')' {
				depth--
			} else if c == ',' && depth == 0 {
				end = i
				break
			}
		}
		if err := t.storeOne(s, list[:end]); err != nil {
			return err
		}
		list = strings.TrimPrefix(list[end:], ",")
	}
	return nil
}

func (t *tableParser) storeOne(s syntax.Statement, text string) error {
	name, arguments, _ := strings.Cut(strings.TrimSuffix(text, ")"), "(")
	d := sticktable.DataTypeNamed(name)
	if d == nil {
		return fmt.Errorf("unknown store option '%s'.", name)
	}
	if t.stores(d) {
		t.warnf(s, "stick-table: store option '%s' already enabled, ignored.", name)
		return nil
	}
	stored := sticktable.Stored{Type: d, Elements: 1}
	if d.IsArray() {
		var count string
		count, arguments, _ = strings.Cut(arguments, ",")
		n, ok := decimal(count)
		switch {
		case count == "":
			return fmt.Errorf("missing argument to store option '%s'.", name)
		case !ok || n < 1 || n > sticktable.MaxElements:
			return fmt.Errorf("array size is out of allowed range (1-%d) for store option '%s'.", sticktable.MaxElements, name)
		}
		stored.Elements = n
	}
	if d.Form == sticktable.Rate {
		period, err := syntax.ParseTime(arguments, time.Millisecond)
		switch {
		case arguments == "":
			return fmt.Errorf("missing argument to store option '%s'.", name)
		case err != nil:
			return fmt.Errorf("error when processing store option '%s'.", name)
		}
		stored.Period = period
	}
	t.table.Store = append(t.table.Store, stored)
	return t.conflict()
}

func (t *tableParser) stores(d *sticktable.DataType) bool {
	return slices.ContainsFunc(t.table.Store, func(s sticktable.Stored) bool { return s.Type == d })
}

// conflict refuses an array beside what its first elements stand for.
func (t *tableParser) conflict() error {
	for _, s := range t.table.Store {
		array := s.Type.Replaces()
		if array == nil || !t.stores(array) {
			continue
		}
		elements := map[*sticktable.DataType]string{
			sticktable.GPT: "gpt0", sticktable.GPC: "gpc[0/1]", sticktable.GPCRate: "gpc[0/1]_rate",
		}[array]
		return fmt.Errorf("simultaneous usage of '%s' and '%s' in a same table is not permitted as '%s' overrides '%s'.",
			array.Name, elements, array.Name, elements)
	}
	return nil
}

// stick match|on|store-request|store-response <pattern> [table <table>] [if|unless <condition>]
func parseStick(p *parser, s syntax.Statement) {
	if !p.proxy.Kind.HasBackend() {
		p.warnf(s, "'stick' ignored because frontend '%s' has no backend capability.", p.proxy.Name)
		return
	}
	switch what := s.Argument(0); what {
	case "match", "on", "store-request", "store-response":
		if s.Argument(1) == "" {
			p.failf(s, "'stick' expects a fetch method.")
			return
		}
		p.addRule(s, "stick "+what, 2)
	default:
		p.failf(s, "'stick' expects 'on', 'match', or 'store'.")
	}
}
