"""Pilots: did the places where something was tried gain against comparable ones?"""
