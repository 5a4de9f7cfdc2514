package luabridge

import (
	"tidelock/host"
	"tidelock/proxy/regex"
)

// regexFunctions are the class Regex's. An object holds its expression, and the compiled one is found by it: objects made
// while scripts are loaded live on in every instance.
//
//	regex.new(expression, case_sensitive) -> nil, or why it is none
//	regex.exec(expression, case_sensitive, text) -> boolean
//	regex.match(expression, case_sensitive, text) -> {text...} or nil
var regexFunctions = host.Functions{"regex.new": newRegex, "regex.exec": execRegex, "regex.match": matchRegex}

// maxGroups bounds what match returns: the whole match and so many less one of its groups.
const maxGroups = 20

func takeRegex(c *host.Call) (*regex.Regexp, error) {
	expression, err := c.String()
	if err != nil {
		return nil, err
	}
	return patterns.compileFolding(expression, !c.Next().Truth())
}

func newRegex(c *host.Call) error {
	if _, err := takeRegex(c); err != nil {
		c.Results.String(err.Error())
	} else {
		c.Results.Nil()
	}
	return nil
}

func execRegex(c *host.Call) error {
	re, err := takeRegex(c)
	if err != nil {
		return err
	}
	text, err := c.String()
	if err == nil {
		c.Results.Bool(re.Match(text))
	}
	return err
}

func matchRegex(c *host.Call) error {
	re, err := takeRegex(c)
	if err != nil {
		return err
	}
	text, err := c.String()
	if err != nil {
		return err
	}
	found := re.Find(text)
	if found == nil {
		c.Results.Nil()
		return nil
	}
	mark := c.Results.BeginTable()
	for i := 0; i < min(len(found)/2, maxGroups); i++ {
		start, end := found[2*i], found[2*i+1]
		if start < 0 {
			break // as in HAProxy: what stands behind a group that took no part is not told
		}
		c.Results.Int(int64(i + 1))
		c.Results.StringBytes(text[start:end])
	}
	c.Results.EndTable(mark)
	return nil
}
