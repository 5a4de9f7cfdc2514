package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Schema returns the schema of the JSON that "show info json" and "show stat json" write. Its words are those that they are
// written with.
func Schema() string {
	property := func(name, of string) string { return fmt.Sprintf("%q:%s", name, of) }
	object := func(properties ...string) string {
		var names []string
		for _, p := range properties {
			names = append(names, p[:strings.Index(p, ":")])
		}
		return `{"type":"object","properties":{` + strings.Join(properties, ",") + `},"required":[` + strings.Join(names, ",") + `]}`
	}
	oneOf := func(words map[byte]string) string {
		list := slices.Compact(slices.Sorted(maps.Values(words)))
		return `{"type":"string","enum":["` + strings.Join(list, `","`) + `"]}`
	}
	list := func(title, item string) string {
		return fmt.Sprintf(`{"title":%q,"type":"array","items":%s}`, title, item)
	}
	natural := func(least int) string { return fmt.Sprintf(`{"type":"integer","minimum":%d}`, least) }
	typed := func(name, values string) string {
		return object(property("type", fmt.Sprintf(`{"type":"string","enum":[%q]}`, name)), property("value", values))
	}
	between := func(least, most int64) string {
		return fmt.Sprintf(`{"type":"integer","minimum":%d,"maximum":%d}`, least, most)
	}
	const exact = 1<<53 - 1 // beyond it JSON's numbers lose digits
	common := []string{
		property("field", object(property("pos", natural(0)), property("name", `{"type":"string"}`))),
		property("processNum", natural(1)),
		property("tags", object(property("origin", oneOf(Origins)), property("nature", oneOf(Natures)), property("scope", oneOf(Scopes)))),
		property("value", `{"oneOf":[`+strings.Join([]string{
			typed("s32", between(-1<<31, 1<<31-1)), typed("u32", between(0, 1<<32-1)), typed("s64", between(-exact, exact)),
			typed("u64", between(0, exact)), typed("str", `{"type":"string"}`),
		}, ",")+`]}`),
	}
	row := append([]string{
		property("objType", `{"enum":["Frontend","Backend","Listener","Server"]}`),
		property("proxyId", natural(0)), property("id", natural(0)),
	}, common...)
	return fmt.Sprintf(`{"$schema":"http://json-schema.org/draft-04/schema#","oneOf":[%s,%s]}`+"\n",
		list("Info", object(common...)), list("Stat", `{"type":"array","items":`+object(row...)+`}`))
}
