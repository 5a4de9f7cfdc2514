package config

import (
	"slices"
	"strings"

	"tidelock/proxy/config/syntax"
	"tidelock/proxy/password"
)

// Userlist is one userlist section: who may come in with which password (manual, section 3.4).
type Userlist struct {
	Name   string
	Groups []Group
	Users  []User
	At     syntax.Position
}

// Group is one group of a userlist.
type Group struct {
	Name  string
	users []string // as its own line names them
	at    syntax.Position
}

// User is one user of a userlist.
type User struct {
	Name      string
	Password  string // "" lets nobody in
	Encrypted bool   // Password is what crypt(3) made of it
	Groups    []string
	at        syntax.Position
}

// User returns the user of that name, or nil.
func (l *Userlist) User(name string) *User {
	if i := named(l.Users, name, func(u *User) string { return u.Name }); i >= 0 {
		return &l.Users[i]
	}
	return nil
}

// group returns the group of that name, or nil.
func (l *Userlist) group(name string) *Group {
	if i := named(l.Groups, name, func(g *Group) string { return g.Name }); i >= 0 {
		return &l.Groups[i]
	}
	return nil
}

// Userlist returns the userlist of that name, or nil.
func (c *Configuration) Userlist(name string) *Userlist {
	if i := named(c.Userlists, name, func(l *Userlist) string { return l.Name }); i >= 0 {
		return &c.Userlists[i]
	}
	return nil
}

var userlistKeywords = []keyword{
	{"group", inUserlist, parseUserGroup, Supported},
	{"user", inUserlist, parseListedUser, Supported},
}

// userlist <name>
func openUserlist(p *parser, header syntax.Statement) bool {
	name := header.Argument(0)
	switch {
	case name == "":
		p.failf(header, "'userlist' expects <name> as arguments.")
		return false
	case p.tooMany(header, 1), !p.validName(header):
		return false
	case p.Configuration.Userlist(name) != nil:
		p.warnf(header, "ignoring duplicated userlist '%s'.", name)
		return false
	}
	p.Userlists = append(p.Userlists, Userlist{Name: name, At: header.At()})
	return true
}

// group <name> [users <user>,...]
func parseUserGroup(p *parser, s syntax.Statement) {
	list, name := last(p.Userlists), s.Argument(0)
	if name == "" {
		p.failf(s, "'group' expects <name> as arguments.")
		return
	}
	if list.group(name) != nil {
		p.warnf(s, "ignoring duplicated group '%s' in userlist '%s'.", name, list.Name)
		return
	}
	group := Group{Name: name, at: s.At()}
	for i := 1; i < len(s.Words)-1; i += 2 {
		if s.Argument(i) != "users" {
			p.failf(s, "'group' only supports 'users' option.")
			return
		}
		group.users = commaSeparated(s.Argument(i + 1))
	}
	list.Groups = append(list.Groups, group)
}

// user <name> [password|insecure-password <password>] [groups <group>,...]
func parseListedUser(p *parser, s syntax.Statement) {
	list, name := last(p.Userlists), s.Argument(0)
	if name == "" {
		p.failf(s, "'user' expects <name> as arguments.")
		return
	}
	if list.User(name) != nil {
		p.warnf(s, "ignoring duplicated user '%s' in userlist '%s'.", name, list.Name)
		return
	}
	user := User{Name: name, at: s.At()}
	for i := 1; i < len(s.Words)-1; i += 2 {
		switch value := s.Argument(i + 1); s.Argument(i) {
		case "password":
			user.Password, user.Encrypted = value, true
		case "insecure-password":
			user.Password, user.Encrypted = value, false
		case "groups":
			user.Groups = commaSeparated(value)
		default:
			p.failf(s, "'user' only supports 'password', 'insecure-password' and 'groups' options.")
			return
		}
	}
	if user.Encrypted {
		if err := password.Check(user.Password); err != nil {
			p.warnf(s, "user '%s': %s: nobody can come in with it.", name, err)
		}
	}
	list.Users = append(list.Users, user)
}

// commaSeparated returns the parts of text that are not empty.
func commaSeparated(text string) []string {
	return strings.FieldsFunc(text, func(c rune) bool { return c == ',' })
}

// closeUserlist gives each user the groups that name it.
func closeUserlist(p *parser) {
	list := last(p.Userlists)
	for i := range list.Users {
		user := &list.Users[i]
		for _, name := range user.Groups {
			if list.group(name) == nil {
				p.report(syntax.Alert, user.at, "user", "userlist '%s': no such group '%s' specified in user '%s'", list.Name, name, user.Name)
			}
		}
	}
	for _, group := range list.Groups {
		for _, name := range group.users {
			switch user := list.User(name); {
			case user == nil:
				p.report(syntax.Alert, group.at, "group", "userlist '%s': no such user '%s' specified in group '%s'", list.Name, name, group.Name)
			case !slices.Contains(user.Groups, group.Name):
				user.Groups = append(user.Groups, group.Name)
			}
		}
	}
}
