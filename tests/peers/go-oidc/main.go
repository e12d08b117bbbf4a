// coreos/go-oidc as its README has it: a provider by discovery, oauth2.Config with its endpoint, a verifier for the client's id. From the
// environment: ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT, PORT.
package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"sync"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// application is what a handler needs, and who is signed in, by the value of a cookie.
type application struct {
	provider *oidc.Provider
	config   oauth2.Config
	mutex    sync.Mutex
	sessions map[string]string
}

func main() {
	ctx := context.Background()
	provider, err := oidc.NewProvider(ctx, os.Getenv("ISSUER"))
	if err != nil {
		log.Fatal(err)
	}
	app := &application{provider: provider, sessions: map[string]string{}, config: oauth2.Config{
		ClientID:     os.Getenv("CLIENT_ID"),
		ClientSecret: os.Getenv("CLIENT_SECRET"),
		Endpoint:     provider.Endpoint(),
		RedirectURL:  os.Getenv("REDIRECT"),
		Scopes:       []string{oidc.ScopeOpenID},
	}}
	http.HandleFunc("/login", app.login)
	http.HandleFunc("/callback", app.callback)
	http.HandleFunc("/me", app.me)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}

func (app *application) login(w http.ResponseWriter, r *http.Request) {
	state := random()
	http.SetCookie(w, &http.Cookie{Name: "state", Value: state, Path: "/", HttpOnly: true})
	http.Redirect(w, r, app.config.AuthCodeURL(state), http.StatusFound)
}

func (app *application) callback(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	state, err := r.Cookie("state")
	if err != nil || query.Get("state") != state.Value {
		http.Error(w, "state did not match", http.StatusBadRequest)
		return
	}
	// The README goes on with the code, which is empty when there is an error.
	token, err := app.config.Exchange(r.Context(), query.Get("code"))
	if err != nil {
		http.Error(w, "Failed to exchange token: "+err.Error(), http.StatusInternalServerError)
		return
	}
	raw, _ := token.Extra("id_token").(string)
	verifier := app.provider.Verifier(&oidc.Config{ClientID: app.config.ClientID})
	id, err := verifier.Verify(r.Context(), raw)
	if err != nil {
		http.Error(w, "Failed to verify ID Token: "+err.Error(), http.StatusInternalServerError)
		return
	}
	info, err := app.provider.UserInfo(r.Context(), oauth2.StaticTokenSource(token))
	if err != nil || info.Subject != id.Subject {
		http.Error(w, "Failed to get userinfo", http.StatusInternalServerError)
		return
	}
	app.mutex.Lock()
	app.sessions[state.Value] = id.Subject
	app.mutex.Unlock()
	http.Redirect(w, r, "/me", http.StatusFound)
}

func (app *application) me(w http.ResponseWriter, r *http.Request) {
	sub := ""
	if state, err := r.Cookie("state"); err == nil {
		app.mutex.Lock()
		sub = app.sessions[state.Value]
		app.mutex.Unlock()
	}
	if sub == "" {
		w.WriteHeader(http.StatusUnauthorized)
	}
	_ = json.NewEncoder(w).Encode(map[string]string{"sub": sub})
}

func random() string {
	bytes := make([]byte, 16)
	_, _ = rand.Read(bytes)
	return base64.RawURLEncoding.EncodeToString(bytes)
}
