package settings

import (
	"fmt"
	"reflect"

	"tidelock/proxy/config"
)

// scriptFields are the settings that the global section can say too, beside what it says.
func (s *Settings) scriptFields(c *config.Scripts) map[string][2]any {
	return map[string][2]any{
		"isolation":           {&s.Sandbox.Isolation, &c.Isolation},
		"lua-forced-yield":    {&s.Sandbox.ForcedYield, &c.ForcedYield},
		"lua-maxmem":          {&s.Sandbox.MaxMemory, &c.MaxMemory},
		"lua-instance-memory": {&s.Sandbox.InstanceMemory, &c.InstanceMemory},
		"lua-session-timeout": {&s.Sandbox.SessionTimeout, &c.SessionTimeout},
		"lua-service-timeout": {&s.Sandbox.ServiceTimeout, &c.ServiceTimeout},
		"lua-task-timeout":    {&s.Sandbox.TaskTimeout, &c.TaskTimeout},
		"lua-load-timeout":    {&s.Sandbox.LoadTimeout, &c.LoadTimeout},
	}
}

// Reconcile makes settings and global section say the same: what a flag, the environment or a file has set goes into the
// configuration, the rest is taken from there. Stated tells where the global section has a keyword; nil: nowhere.
func (s *Settings) Reconcile(c *config.Scripts, stated func(keyword string) (place string, ok bool)) {
	fields := s.scriptFields(c)
	for _, r := range rows {
		pair, ok := fields[r.Name]
		if !ok {
			continue
		}
		setting, global := reflect.ValueOf(pair[0]).Elem(), reflect.ValueOf(pair[1]).Elem()
		if source := s.Origin(r.Name).Source; source != FromDefault && source != FromGlobal {
			global.Set(setting.Convert(global.Type()))
			continue
		}
		place, said := "", false
		if stated != nil {
			place, said = stated(r.Global)
		}
		if said {
			s.origins[r.Name] = Origin{Source: FromGlobal, Place: place}
		} else {
			delete(s.origins, r.Name)
		}
		if said || !global.IsZero() { // zero leaves it to the sandbox
			setting.Set(global.Convert(setting.Type()))
		}
	}
}

// ceilings are the bounds of settings, by the settings' names.
func (s *Settings) ceilings() map[string]any {
	return map[string]any{
		"lua-maxmem":          s.Ceilings.MaxMemory,
		"lua-instance-memory": s.Ceilings.InstanceMemory,
		"lua-session-timeout": s.Ceilings.SessionTimeout,
		"lua-service-timeout": s.Ceilings.ServiceTimeout,
	}
}

// Bound holds what was reconciled against the ceilings: defaults, and what has no limit, come down to the ceiling; what was
// asked for and is more is an error.
func (s *Settings) Bound(c *config.Scripts) (errs []error) {
	ceilings, fields := s.ceilings(), s.scriptFields(c)
	for _, r := range rows {
		bound, ok := ceilings[r.Name]
		if !ok {
			continue
		}
		asked, ceiling := r.field(s), reflect.ValueOf(bound)
		switch origin := s.Origin(r.Name); {
		case ceiling.IsZero(), !asked.IsZero() && !above(asked, ceiling):
		case !asked.IsZero() && origin.Source != FromDefault:
			errs = append(errs, fmt.Errorf("settings: %s: %s is %v, more than ceiling-%s allows (%v)", origin, r.Name, asked, r.Name, bound))
		default:
			asked.Set(ceiling)
			global := reflect.ValueOf(fields[r.Name][1]).Elem()
			global.Set(ceiling.Convert(global.Type()))
			s.origins[r.Name] = s.Origin("ceiling-" + r.Name)
		}
	}
	return errs
}

// above compares two sizes, or two times.
func above(a, b reflect.Value) bool {
	if a.CanInt() {
		return a.Int() > b.Int()
	}
	return a.Uint() > b.Uint()
}
