/* commands.c - the command line that reaches a running phone, in the grammar of 3.22.3 and 3.22.16. Whatever is
 * not exactly one of its forms is dialled, or sent as a message: that is what tests look for.
 */
#include "standin.h"
#include <stdio.h>
#include <stdlib.h>

static BOOL starts_with(const wchar_t *text, const wchar_t *prefix)
{
    return !wcsncmp(text, prefix, wcslen(prefix));
}

static void trim(wchar_t *text)
{
    size_t lead = wcsspn(text, L" \t\r\n"), length;
    memmove(text, text + lead, (wcslen(text + lead) + 1) * sizeof *text);
    for (length = wcslen(text); length && wcschr(L" \t\r\n", text[length - 1]); length--) text[length - 1] = 0;
}

/* msip:VERB; FALSE when the verb is unknown, and the text is dialled like any other. */
static BOOL verb(const wchar_t *name)
{
    static const wchar_t *const known[] = {
        L"minimize", L"answer", L"hangupall", L"hold", L"micmute", L"micunmute", L"speakmute", L"speakunmute",
        L"micmuteclick", L"speakmuteclick", L"micup", L"micdown", L"speakup", L"speakdown",
    };
    BOOL found = starts_with(name, L"transfer_");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) found |= !wcscmp(name, known[i]);
    if (!found) return FALSE;
    note(L"verb", name);
    if (!wcscmp(name, L"minimize")) ShowWindow(main_window, SW_HIDE);
    if (!wcscmp(name, L"answer") && call_state() == INCOMING) set_call(CONNECTED, NULL);
    if (!wcscmp(name, L"hangupall") && call_state() != INCOMING) set_call(NO_CALL, NULL);
    if (!wcscmp(name, L"hold") && call_state() == CONNECTED) set_call(ON_HOLD, NULL);
    return TRUE;
}

/* Cuts a scheme, leading // and then one trailing / off. */
static wchar_t *without_scheme(wchar_t *text)
{
    static const wchar_t *const schemes[] = {L"tel:", L"sip:", L"callto:", L"dialpad:", L"dial:"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (!_wcsnicmp(text, schemes[i], wcslen(schemes[i]))) { text += wcslen(schemes[i]); break; }
    if (starts_with(text, L"//")) {
        text += 2;
        size_t length = wcslen(text);
        if (length && text[length - 1] == L'/') text[length - 1] = 0;
    }
    return text;
}

/* Takes /account:N out of the text, wherever it stands. FALSE: the whole text is dropped. */
static BOOL take_account(wchar_t *text)
{
    static const wchar_t name[] = L"/account:";
    wchar_t *at = wcsstr(text, name);
    if (!at) return TRUE;
    wchar_t *digits = at + wcslen(name), *blank = wcschr(digits, L' ');
    int number = (int)wcstol(digits, NULL, 10);
    if (number > 0 && number != account_id) {
        if (!select_account(number)) { note(L"dropped", text); return FALSE; }
        update_title();
        save_settings();
    }
    if (blank && starts_with(blank + 1, L"/password:")) {
        save_password(number > 0 ? number : account_id, blank + 1 + wcslen(L"/password:"));
        *text = 0;
    } else if (blank) {                      /* right only when the switch comes first */
        memmove(at, blank + 1, (wcslen(blank + 1) + 1) * sizeof *text);
    } else {                                 /* and the character before it is lost */
        *(at > text ? at - 1 : at) = 0;
    }
    return TRUE;
}

static void decode(wchar_t *number)
{
    for (wchar_t *in = number; (*number = *in); in++, number++)
        if (starts_with(in, L"%20")) { *number = L' '; in += 2; }
        else if (!_wcsnicmp(in, L"%2B", 3)) { *number = L'+'; in += 2; }
}

static void dial(wchar_t *text, BOOL cold)
{
    show_window();
    if (!*text) return;
    wchar_t *blank = wcschr(text, L' ');
    if (blank) *blank++ = 0;
    decode(text);
    if (blank) { notef(L"message", L"%ls %ls", text, blank); return; }
    if (account_id == 0 && !setting_int(L"enableLocalAccount")) select_account(1);
    if (cold && !*account_server) { note(L"undialled", text); return; }
    note(L"dialled", text);
    add_dialled(text);
    set_call(CALLING, text);
}

/* One of the switches that do not dial; FALSE when it is none. */
static BOOL switched(const wchar_t *text)
{
    static const wchar_t *const exact[] = {L"/answer", L"/hangupall", L"/hangupincoming", L"/hangupcalling"};
    static const wchar_t *const prefix[] = {L"/dtmf:", L"/transfer:"};
    BOOL found = FALSE;
    for (size_t i = 0; i < sizeof exact / sizeof *exact; i++) found |= !wcscmp(text, exact[i]);
    for (size_t i = 0; i < sizeof prefix / sizeof *prefix; i++) found |= starts_with(text, prefix[i]);
    if (starts_with(text, L"/password:")) { note(L"switch", L"/password:"); return TRUE; }   /* in memory only */
    if (!found) return FALSE;
    note(L"switch", text);
    enum call state = call_state();
    if (!wcscmp(text, L"/answer") && state == INCOMING) set_call(CONNECTED, NULL);
    if ((!wcscmp(text, L"/hangupall") && state != INCOMING) || (!wcscmp(text, L"/hangupincoming") && state == INCOMING)
            || (!wcscmp(text, L"/hangupcalling") && state == CALLING)) set_call(NO_CALL, NULL);
    return TRUE;
}

void command_line(const wchar_t *given, BOOL cold)
{
    wchar_t *copy = _wcsdup(given), *text = copy;
    trim(text);
    size_t length = wcslen(text);
    if (length >= 2 && text[0] == L'"' && text[length - 1] == L'"') { text[length - 1] = 0; text++; }
    if (!*text) { if (!cold) show_window(); }
    else if (!(starts_with(text, L"msip:") && verb(text + 5))) {
        text = without_scheme(text);
        if (take_account(text) && !switched(text)) dial(text, cold);
    }
    free(copy);
}

/* For tests, with WM_COPYDATA of dwData TEST_COMMAND (main.c):
 *   call none|calling|incoming|connecting|connected|hold    status TEXT (of the status bar)
 *   dialog ID ... (any other, with these controls)    ringing TITLE (of the dialog)    calls NUMBER (that are connected at the same time)
 *   set KEY=VALUE (in memory only)    save    menu    ignoreClose 0|1    hangOnClose 0|1
 *   account NUMBER    shortcuts (OK in the dialog of each)    crash (the process ends at once) */
void test_command(const wchar_t *text)
{
    static const wchar_t *const states[] = {L"none", L"calling", L"incoming", L"connecting", L"connected", L"hold"};
    wchar_t name[256];
    note(L"test", text);
    for (int i = 0; i < 6 && starts_with(text, L"call "); i++)
        if (!wcscmp(text + 5, states[i])) set_call(i, L"100");
    if (starts_with(text, L"status ")) set_status(text + 7);
    if (starts_with(text, L"ringing ")) set_ringing_title(text + 8);
    if (starts_with(text, L"dialog ")) show_dialog(text + 7);
    if (starts_with(text, L"calls ")) set_calls(_wtoi(text + 6));
    if (starts_with(text, L"account ")) save_account(_wtoi(text + 8));
    if (!wcscmp(text, L"shortcuts")) save_shortcuts();
    if (!wcscmp(text, L"crash")) ExitProcess(1);
    const wchar_t *equals = wcschr(text, L'=');
    if (starts_with(text, L"set ") && equals && equals - text < 256) {
        swprintf(name, 256, L"%.*ls", (int)(equals - text - 4), text + 4);
        if (!set_setting(name, equals + 1)) note(L"error", L"no such setting");
    }
    if (!wcscmp(text, L"save")) save_settings();
    if (!wcscmp(text, L"menu")) load_all_accounts();
    if (starts_with(text, L"ignoreClose ")) ignore_close = text[12] == L'1';
    if (starts_with(text, L"hangOnClose ")) hang_on_close = text[12] == L'1';
}
