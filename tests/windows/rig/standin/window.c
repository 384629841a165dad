/* window.c - the main window and every sign of a call that can be seen from outside. */
#include "standin.h"
#include <commctrl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ID_CALL 1022
#define ID_END 1055
#define ID_HOLD 1057
#define ID_TRANSFER 1135
#define ID_RECORD 1005
#define ID_ANSWER 1000
#define ID_DECLINE 1032
#define ID_IGNORE 1059
#define CALLS_AT_ONCE 16
#define TEST_COMMAND 0x5354
#define WM_LATER (WM_APP + 1)        /* lParam: a command line of its own memory */

HWND main_window;
BOOL stack_up;
static HWND status_bar, dialer, ringing, messages;
static enum call state;
static wchar_t party[256];
static int call_keys[CALLS_AT_ONCE], call_type, call_count;
static time_t call_began;

enum call call_state(void) { return state; }

void set_status(const wchar_t *text)
{
    SendMessageW(status_bar, SB_SETTEXTW, 0, (LPARAM)text);
    SetWindowTextW(status_bar, text);
    note(L"status", text);
}

void update_title(void)
{
    wchar_t title[512];
    swprintf(title, 512, *account_title ? L"MicroSIP - %ls" : L"MicroSIP", account_title);
    SetWindowTextW(main_window, title);
}

static void idle_status(void)
{
    set_status(account_id <= 0 ? L"MicroSIP" : *account_server && *account_username ? L"Online" : L"Idle");
}

static void button(HWND parent, int id, BOOL visible)
{
    ShowWindow(GetDlgItem(parent, id), visible ? SW_SHOW : SW_HIDE);
}

/* Dialogs are #32770 windows of the process: "Incoming Call", and in multi mode the messages. */
static HWND dialog(const wchar_t *title, BOOL visible, const int *buttons)
{
    HWND window = CreateWindowExW(0, L"#32770", title, WS_POPUP | WS_CAPTION, 0, 0, 200, 100, NULL, NULL, NULL, NULL);
    for (; *buttons; buttons++)
        CreateWindowExW(0, L"BUTTON", L"Button", WS_CHILD | WS_VISIBLE, 0, 0, 50, 20, window,
                        (HMENU)(INT_PTR)*buttons, NULL, NULL);
    if (visible) ShowWindow(window, SW_SHOWNA);
    return window;
}

void show_dialog(const wchar_t *ids)
{
    int buttons[16] = {0};
    wchar_t *rest = (wchar_t *)ids;
    for (int i = 0; i < 15 && (buttons[i] = (int)wcstol(rest, &rest, 10)); i++) {}
    dialog(L"Dialog", TRUE, buttons);
}

void set_ringing_title(const wchar_t *text)
{
    SetWindowTextW(ringing, text);
}

static void close_dialog(HWND *window)
{
    if (*window) DestroyWindow(*window);
    *window = NULL;
}

static void show_call(void)
{
    wchar_t text[512];
    BOOL in_call = state == CALLING || state == CONNECTING || state == CONNECTED || state == ON_HOLD;
    BOOL single = setting_int(L"singleMode") != 0;
    static const int ring_buttons[] = {ID_ANSWER, ID_DECLINE, ID_IGNORE, 0}, message_buttons[] = {ID_END, 0};
    swprintf(text, 512, L"Calling %ls ...", party);
    const wchar_t *const status[] = {L"", text, L"Incoming Call", L"Connecting...", L"Connected 0:12", L"Hold 0:05 / 0:12"};
    if (state == NO_CALL) idle_status(); else set_status(status[state]);
    button(dialer, ID_CALL, !(in_call && single));
    button(dialer, ID_END, in_call && single);
    button(dialer, ID_HOLD, in_call && single);
    button(dialer, ID_TRANSFER, in_call && single);
    EnableWindow(GetDlgItem(dialer, ID_RECORD), in_call);
    close_dialog(&ringing);
    close_dialog(&messages);
    if (state == INCOMING) ringing = dialog(L"Incoming Call", setting_int(L"bringToFrontOnIncoming") || IsWindowVisible(main_window), ring_buttons);
    if (in_call && !single) messages = dialog(party, TRUE, message_buttons);
}

/* Begins, changes or ends the one call of this phone. */
void set_call(enum call next, const wchar_t *number)
{
    if (number) swprintf(party, 256, L"%.255ls", number);
    if (state == NO_CALL && next != NO_CALL) {
        call_began = time(NULL);
        call_type = next == INCOMING;
        call_keys[0] = add_call(party, call_type);
        call_count = 1;
    }
    if (state != NO_CALL && next == NO_CALL)             /* an incoming one that rang to its end was missed */
        while (call_count)
            end_call(call_keys[--call_count], party, state == INCOMING ? 2 : call_type, (unsigned)(time(NULL) - call_began));
    state = next;
    show_call();
}

/* So many calls at the same time; what is seen of the others is their number. */
void set_calls(int count)
{
    wchar_t text[64];
    set_call(CONNECTED, L"100");
    for (; call_count < count && call_count < CALLS_AT_ONCE; call_count++) call_keys[call_count] = add_call(L"101", call_type);
    swprintf(text, 64, L"Connected (%d)", count);
    if (count > 1) set_status(text);
}

/* cmdCallEnd of one call: waited for, but not for longer than 10 s. */
static void run_end_hook(void)
{
    static wchar_t command[1024];
    STARTUPINFOW startup = {.cb = sizeof startup};
    PROCESS_INFORMATION process;
    if (!*setting(L"cmdCallEnd")) return;
    swprintf(command, 1024, L"%ls %ls", setting(L"cmdCallEnd"), party);
    note(L"hook", command);
    if (!CreateProcessW(NULL, command, NULL, NULL, FALSE, CREATE_NO_WINDOW, NULL, NULL, &startup, &process)) return;
    WaitForSingleObject(process.hProcess, 10000);
    CloseHandle(process.hThread);
    CloseHandle(process.hProcess);
}

void show_window(void)
{
    ShowWindow(main_window, SW_SHOWNORMAL);
    SetForegroundWindow(main_window);
    note(L"window", L"shown");
}

/* 0: handled; 1: dropped. */
static LRESULT copy_data(const COPYDATASTRUCT *data)
{
    static wchar_t text[TEXT_MAX_W];
    if (!stack_up || (data->dwData != 1 && data->dwData != 2 && data->dwData != TEST_COMMAND)) return 1;
    swprintf(text, TEXT_MAX_W, L"%ls", data->cbData ? (const wchar_t *)data->lpData : L"");
    if (data->dwData == TEST_COMMAND) { test_command(text); return 0; }
    note(L"copydata", text);
    if (data->dwData == 2) PostMessageW(main_window, WM_LATER, 0, (LPARAM)_wcsdup(text));
    else command_line(text, FALSE);
    return 0;
}

/* The stack goes down, everything is saved; then the process ends, not at once. */
static void finish(void)
{
    for (int i = 0; MODERN && state != NO_CALL && i < call_count; i++) run_end_hook();
    if (state != NO_CALL) set_call(NO_CALL, NULL);
    stack_up = FALSE;
    if (window_first) return;
    Sleep(exit_delay);
    save_settings();
}

static LRESULT CALLBACK procedure(HWND window, UINT message, WPARAM wp, LPARAM lp)
{
    switch (message) {
    case WM_COPYDATA:
        return copy_data((const COPYDATASTRUCT *)lp);
    case WM_LATER:
        command_line((wchar_t *)lp, FALSE);
        free((wchar_t *)lp);
        return 0;
    case WM_SYSCOMMAND:
        if ((wp & 0xfff0) != SC_CLOSE) break;
        ShowWindow(window, SW_HIDE);         /* the X button only hides */
        return 0;
    case WM_COMMAND:
        if (LOWORD(wp) != ID_EXIT || lp) break;
        /* fall through */
    case WM_CLOSE:
        note(L"close", message == WM_COMMAND ? L"menu" : NULL);
        if (hang_on_close) Sleep(INFINITE);
        if (ignore_close) { note(L"ignored", L"WM_CLOSE"); return 0; }
        if (MODERN) finish();                /* from 3.22.4 on before the window goes */
        DestroyWindow(window);
        return 0;
    case WM_DESTROY:
        if (!MODERN) finish();
        PostQuitMessage(0);
        return 0;
    }
    return DefWindowProcW(window, message, wp, lp);
}

static void add_children(HINSTANCE instance)
{
    static const struct { int id; const wchar_t *text; BOOL visible; } buttons[] = {
        {ID_CALL, L"Call", TRUE}, {ID_END, L"End", FALSE}, {ID_HOLD, L"Hold", FALSE},
        {ID_TRANSFER, L"Transfer", FALSE}, {ID_RECORD, L"REC", TRUE},
    };
    dialer = CreateWindowExW(0, L"#32770", L"", WS_CHILD | WS_VISIBLE, 0, 0, 250, 400, main_window, NULL, instance, NULL);
    for (size_t i = 0; i < sizeof buttons / sizeof *buttons; i++)
        CreateWindowExW(0, L"BUTTON", buttons[i].text, WS_CHILD | (buttons[i].visible ? WS_VISIBLE : 0), 0, 0, 50, 20,
                        dialer, (HMENU)(INT_PTR)buttons[i].id, instance, NULL);
    EnableWindow(GetDlgItem(dialer, ID_RECORD), FALSE);
    status_bar = CreateWindowExW(0, STATUSCLASSNAMEW, L"", WS_CHILD | WS_VISIBLE, 0, 0, 0, 0, main_window, NULL, instance, NULL);
}

BOOL open_window(HINSTANCE instance, BOOL hidden)
{
    WNDCLASSW class = {.lpfnWndProc = procedure, .hInstance = instance, .lpszClassName = L"MicroSIP"};
    InitCommonControls();
    RegisterClassW(&class);
    main_window = CreateWindowExW(0, class.lpszClassName, L"MicroSIP", WS_OVERLAPPEDWINDOW, CW_USEDEFAULT, CW_USEDEFAULT,
                                  260, 470, NULL, NULL, instance, NULL);
    if (!main_window) return FALSE;
    add_children(instance);
    update_title();
    idle_status();
    if (!hidden) ShowWindow(main_window, SW_SHOWNORMAL);
    note(L"window", hidden ? L"hidden" : L"shown");
    return TRUE;
}
