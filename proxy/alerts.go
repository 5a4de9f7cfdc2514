package proxy

import (
	"cmp"
	"os"
	"strings"

	"tidelock/proxy/config"
	"tidelock/proxy/emailalert"
	"tidelock/proxy/log"
	"tidelock/proxy/server"
)

// alerts returns what sends mails about the servers of a section, or nil when none are asked for.
func (b *builder) alerts(section *config.Proxy) func(server.Event) {
	e := section.EmailAlert
	if !e.Complete() {
		return nil
	}
	sender := b.mailSender(section)
	least := log.Alert
	if e.Level != nil {
		least = log.Level(*e.Level)
	}
	return func(event server.Event) {
		if event.Level != log.Emergency && event.Level <= least {
			sender.Send(strings.TrimSuffix(event.Text, "."))
		}
	}
}

// mailSender opens what sends the mails of a section, whose mailers were checked to exist.
func (b *builder) mailSender(section *config.Proxy) *emailalert.Sender {
	e := &section.EmailAlert
	for i := range b.config.Mailers {
		mailers := &b.config.Mailers[i]
		if mailers.Name != e.Mailers {
			continue
		}
		settings := emailalert.Settings{From: e.From, To: e.To, Timeout: mailers.Timeout, Hostname: e.MyHostname}
		if settings.Hostname == "" {
			name, _ := os.Hostname()
			settings.Hostname = cmp.Or(name, "localhost")
		}
		for _, m := range mailers.Mailers {
			network, address := logAddress(m.Address, "tcp", "unix")
			settings.Mailers = append(settings.Mailers, emailalert.Address{Network: network, Address: address})
		}
		sender := emailalert.Open(settings)
		b.mails = append(b.mails, sender)
		return sender
	}
	return nil
}
