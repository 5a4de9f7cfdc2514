package proxy

import (
	"crypto/subtle"

	"tidelock/proxy/config"
	"tidelock/proxy/password"
	"tidelock/proxy/sample"
)

// users is a userlist section as conditions ask it.
type users map[string]*config.User

// usersOf returns the userlist section of that name, or nil.
func (b *builder) usersOf(name string) sample.Users {
	list := b.config.Userlist(name)
	if list == nil {
		return nil
	}
	u := users{}
	for i := range list.Users {
		u[list.Users[i].Name] = &list.Users[i]
	}
	return u
}

// Authenticate implements sample.Users.
func (u users) Authenticate(name, clear []byte) bool {
	user := u[string(name)]
	switch {
	case user == nil || user.Password == "":
		return false
	case user.Encrypted:
		return password.Matches(user.Password, string(clear))
	}
	return subtle.ConstantTimeCompare([]byte(user.Password), clear) == 1
}

// Groups implements sample.Users.
func (u users) Groups(name []byte) []string {
	if user := u[string(name)]; user != nil {
		return user.Groups
	}
	return nil
}
